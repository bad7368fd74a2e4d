// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import static io.agenamq.protocol.selector.Evaluator.FAILED;

import org.jspecify.annotations.Nullable;

/** What the values of properties mean to the operators of a selector. */
public enum Typing {

    /**
     * Jakarta Messaging 3.1 §3.8.1: a property has the type it was set with, and nothing converts a string to a number. Operands of different types are
     * neither equal nor unequal nor in any order: false. What has no value (an absent property, an overflow, a division by zero) is unknown.
     * An evaluation never fails.
     */
    STRICT("JMSType") {
        @Override
        @Nullable
        Object compareValues(Relation relation, Object left, Object right) {
            if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
                return Numbers.holds(relation, (Number) left, (Number) right);
            }
            return haveOneOtherType(left, right) && holds(relation, left.equals(right));
        }

        @Override
        @Nullable
        Object truth(@Nullable Object value) {
            return value instanceof Boolean ? value : null;
        }

        @Override
        @Nullable
        Object number(@Nullable Object value) {
            return value != null && Numbers.isNumber(value) ? value : null;
        }

        @Override
        @Nullable
        Object noResult() {
            return null;
        }
    },

    /**
     * RocketMQ's SQL92: all properties are strings, read as the type of what they meet: as a {@code long} beside an integer, as a {@code double}
     * beside a floating-point number, as {@code true} or {@code false} beside a condition. Two properties are equal as texts and ordered as
     * {@code double}s. A text that cannot be read so, an overflow and a division by zero fail the whole evaluation: not matched.
     */
    COERCING("TAGS") {
        @Override
        @Nullable
        Object compareValues(Relation relation, Object left, Object right) {
            if (left instanceof String leftText && right instanceof String rightText) {
                return relation.isOrder()
                        ? compareNumbers(
                                relation, Numbers.parseApproximate(leftText), Numbers.parseApproximate(rightText))
                        : holds(relation, leftText.equals(rightText));
            } else if (left instanceof String text) {
                return compareValuesOfOneType(relation, readAs(right, text), right);
            } else if (right instanceof String text) {
                return compareValuesOfOneType(relation, left, readAs(left, text));
            }
            return compareValuesOfOneType(relation, left, right);
        }

        private Object compareValuesOfOneType(Relation relation, @Nullable Object left, @Nullable Object right) {
            if (left instanceof Boolean && right instanceof Boolean && !relation.isOrder()) {
                return holds(relation, left.equals(right));
            }
            return compareNumbers(relation, left, right);
        }

        private Object compareNumbers(Relation relation, @Nullable Object left, @Nullable Object right) {
            return left instanceof Number leftNumber && right instanceof Number rightNumber
                    ? Numbers.holds(relation, leftNumber, rightNumber)
                    : FAILED;
        }

        private @Nullable Object readAs(Object model, String text) {
            if (model instanceof Boolean) {
                return condition(text);
            } else if (model instanceof Number number && Numbers.isApproximate(number)) {
                return Numbers.parseApproximate(text);
            }
            return Numbers.parseExact(text);
        }

        private @Nullable Boolean condition(String text) {
            if (text.equalsIgnoreCase("true")) {
                return true;
            }
            return text.equalsIgnoreCase("false") ? false : null;
        }

        @Override
        @Nullable
        Object truth(@Nullable Object value) {
            if (value == null || value instanceof Boolean) {
                return value;
            }
            Boolean condition = value instanceof String text ? condition(text) : null;
            return condition == null ? FAILED : condition;
        }

        @Override
        @Nullable
        Object number(@Nullable Object value) {
            if (value instanceof String text) {
                Number number = Numbers.parseExact(text);
                if (number == null) {
                    number = Numbers.parseApproximate(text);
                }
                return number == null ? FAILED : number;
            }
            return value == null || Numbers.isNumber(value) ? value : FAILED;
        }

        @Override
        Object noResult() {
            return FAILED;
        }
    };

    private final String tagProperty;

    Typing(String tagProperty) {
        this.tagProperty = tagProperty;
    }

    /** The name under which selectors see the tag of a message. */
    String tagProperty() {
        return tagProperty;
    }

    /** Compares two values that exist: a {@code Boolean} or {@link Evaluator#FAILED}. */
    abstract @Nullable Object compareValues(Relation relation, Object left, Object right);

    /** A value where a condition must stand: a {@code Boolean}, null for unknown, or {@link Evaluator#FAILED}. */
    abstract @Nullable Object truth(@Nullable Object value);

    /** A value where a number must stand: a {@code Number}, null for unknown, or {@link Evaluator#FAILED}. */
    abstract @Nullable Object number(@Nullable Object value);

    /** What arithmetic without a result gives. */
    abstract @Nullable Object noResult();

    /** Whether evaluations may fail, so that their order matters. */
    boolean mayFail() {
        return noResult() == FAILED;
    }

    @Nullable
    Object compare(Relation relation, @Nullable Object left, @Nullable Object right) {
        if (left == FAILED || right == FAILED) {
            return FAILED;
        }
        return left == null || right == null ? null : compareValues(relation, left, right);
    }

    @Nullable
    Object calculate(ArithmeticOperator operator, @Nullable Object left, @Nullable Object right) {
        Object leftNumber = number(left);
        Object rightNumber = number(right);
        if (leftNumber == FAILED || rightNumber == FAILED) {
            return FAILED;
        } else if (leftNumber == null || rightNumber == null) {
            return null;
        }
        Number result = operator.apply((Number) leftNumber, (Number) rightNumber);
        return result == null ? noResult() : result;
    }

    @Nullable
    Object sign(boolean negative, @Nullable Object value) {
        Object number = number(value);
        if (!negative || number == null || number == FAILED) {
            return number;
        }
        Number negated = Numbers.negated((Number) number);
        return negated == null ? noResult() : negated;
    }

    private static boolean haveOneOtherType(Object left, Object right) {
        return (left instanceof String && right instanceof String)
                || (left instanceof Boolean && right instanceof Boolean);
    }

    /** Equality of two values that have no order: an operator that asks for one does not hold. */
    private static boolean holds(Relation relation, boolean equal) {
        return relation == Relation.EQUAL ? equal : relation == Relation.NOT_EQUAL && !equal;
    }
}
