"""Block Kit as Slack checks it: the shapes and limits of the fact sheet, section 11."""
