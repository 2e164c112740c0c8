"""The only room that knows Tencent Cloud."""
