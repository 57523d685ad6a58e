"""A list as an argument is a copy: the second process does not see what the first added."""
import multiprocessing

def show(records):
    for name, score in records:
        print(f"Name: {name}\nScore: {score}\n")

def insert(record, records):
    records.append(record)
    print("New record added!")

if __name__ == "__main__":
    records = [("sam", 10), ("adam", 9), ("kevin", 8)]
    p1 = multiprocessing.Process(target=insert, args=(("jeff", 7), records))
    p2 = multiprocessing.Process(target=show, args=(records,))
    p1.start()
    p1.join()
    p2.start()
    p2.join()
