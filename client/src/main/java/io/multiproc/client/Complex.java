package io.multiproc.client;

/**
 * A complex number: Python's {@code complex}. It travels as one, so Python programs read and write it as their own. As a key of a dict or an element of a set it
 * equals the real number of the same value if its imaginary part is 0, as in Python; {@link #equals} knows other complex numbers only, and tells 0.0 from -0.0.
 *
 * @param re the real part
 * @param im the imaginary part
 */
public record Complex(double re, double im) {
    /** {@return the number as Python's {@code str} does in form: {@code (1.0+2.0j)}} */
    @Override
    public String toString() {
        String i = Double.toString(im);
        return "(" + re + (i.startsWith("-") ? "" : "+") + i + "j)";
    }
}
