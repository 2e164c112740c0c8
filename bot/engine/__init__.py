"""What makes a change durable: the only room that knows the workflow engine."""
