from multiprocessing.managers import BaseManager

if __name__ == '__main__':
    manager = BaseManager(address=('localhost', 50000), authkey=b'secret-key')
    manager.register('Math')

    manager.connect()

    math = manager.Math()
    print(math.add(4, 4))  # Should print 8 if authenticated
