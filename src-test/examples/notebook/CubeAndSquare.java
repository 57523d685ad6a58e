package notebook;

/** Two functions, called here. */
public class CubeAndSquare {
    static void cube(int n) {
        System.out.println("Cube: " + n * n * n);
    }

    static void square(int n) {
        System.out.println("Square: " + n * n);
    }

    public static void main(String[] args) throws Exception {
        cube(3);
        square(3);
    }
}
