"""The brain: everything that Rasa runs, behind one interface."""
