"""One module a resource: what each path takes and answers. What is done stands in `byte.registry`."""
