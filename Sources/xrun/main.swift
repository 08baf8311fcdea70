print("xrun")
