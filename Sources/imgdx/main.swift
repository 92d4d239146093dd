print("imgdx")
