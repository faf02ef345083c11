"""What is asked of the model: replay, compare, and what their answers rest on."""
