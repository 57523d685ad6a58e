import multiprocessing

def task_one(shared_list):
    """Adds 'p1' to the shared collection."""
    shared_list.append('p1')

def task_two(shared_list):
    """Adds 'p2' to the shared collection."""
    shared_list.append('p2')

if __name__ == '__main__':
    # Initialize the Manager
    with multiprocessing.Manager() as manager:
        # Create a shared list
        m_list = manager.list()

        # Define and start processes
        p1 = multiprocessing.Process(target=task_one, args=(m_list,))
        p2 = multiprocessing.Process(target=task_two, args=(m_list,))

        p1.start()
        p2.start()
        p1.join()
        p2.join()

        # Final output will contain items from both processes
        print(f"Final List: {list(m_list)}")
