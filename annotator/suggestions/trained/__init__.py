"""Models trained on the finished work of a project: training, figures, comparison and the way back."""
