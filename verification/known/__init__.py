"""Small scenarios whose answers are known beforehand, and how far the model is from them."""
