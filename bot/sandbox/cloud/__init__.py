"""A simulated Tencent Cloud BM load balancer API, strict where the fact sheet is."""
