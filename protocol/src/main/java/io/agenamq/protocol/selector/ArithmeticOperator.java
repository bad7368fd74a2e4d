// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import org.jspecify.annotations.Nullable;

/**
 * The four arithmetic operators with Java's numeric promotion to {@code long} or {@code double}. Integers do not wrap around: an overflow and a
 * division by zero have no result, and none of them throws, because a selector must never break the consumer it serves.
 */
enum ArithmeticOperator {
    ADD("+", false),
    SUBTRACT("-", false),
    MULTIPLY("*", true),
    DIVIDE("/", true);

    private final String symbol;
    private final boolean bindsTighter;

    ArithmeticOperator(String symbol, boolean bindsTighter) {
        this.symbol = symbol;
        this.bindsTighter = bindsTighter;
    }

    String symbol() {
        return symbol;
    }

    /** True for the multiplicative two. */
    boolean bindsTighter() {
        return bindsTighter;
    }

    /** A {@code Long} if both operands are integers, else a {@code Double}; null where there is no result. */
    @Nullable
    Number apply(Number left, Number right) {
        if (Numbers.isApproximate(left) || Numbers.isApproximate(right)) {
            return approximate(left.doubleValue(), right.doubleValue());
        }
        return exact(left.longValue(), right.longValue());
    }

    private Double approximate(double left, double right) {
        return switch (this) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
        };
    }

    private @Nullable Long exact(long left, long right) {
        switch (this) {
            case ADD -> {
                long sum = left + right;
                return ((left ^ sum) & (right ^ sum)) < 0 ? null : Long.valueOf(sum);
            }
            case SUBTRACT -> {
                long difference = left - right;
                return ((left ^ right) & (left ^ difference)) < 0 ? null : Long.valueOf(difference);
            }
            case MULTIPLY -> {
                long product = left * right;
                boolean fits = Math.multiplyHigh(left, right) == product >> (Long.SIZE - 1);
                return fits ? Long.valueOf(product) : null;
            }
            case DIVIDE -> {
                boolean undefined = right == 0 || (left == Long.MIN_VALUE && right == -1);
                return undefined ? null : Long.valueOf(left / right);
            }
        }
        throw new AssertionError(this);
    }
}
