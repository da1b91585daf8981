"""What would they like: recommenders, their metrics, and policies made of them."""
