package notebook;

/** Called here, both functions have one process id. */
public class PidsHere {
    static Object cube(int n) {
        System.out.println("PID::print_cube::id -> " + ProcessHandle.current().pid());
        System.out.println("Cube: " + n * n * n);
        return null;
    }

    static Object square(int n) {
        System.out.println("PID::print_square::id -> " + ProcessHandle.current().pid());
        System.out.println("Square: " + n * n);
        return null;
    }

    public static void main(String[] args) throws Exception {
        System.out.println(cube(2));
        System.out.println(square(2));
    }
}
