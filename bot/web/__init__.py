"""The web door: pages made on the server, usable without a build step."""
