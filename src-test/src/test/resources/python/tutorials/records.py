import multiprocessing

def print_record(records):
    for record in records:
        print(f"Name: {record[0]}\nScore: {record[1]}\n")
        
def insert_record(record, records):
    records.append(record)
    print("New record added!")

"""
    The server process contains all the data structures so
    you can store you data inside of it using manager object
    eg: manager.list([...]), manager.dict({...}) etc.
"""

with multiprocessing.Manager() as manager:
    
    records = manager.list([("sam", 10), ("adam", 9), ("kevin", 8)])
    new_record = ("jeff", 7)
    
    p1 = multiprocessing.Process(target=insert_record, args=(new_record, records))
    p2 = multiprocessing.Process(target=print_record, args=(records,))
    
    p1.start()
    p1.join()
    
    p2.start()
    p2.join()
