"""What is made of the knowledge to be handed out: a site to put anywhere."""
