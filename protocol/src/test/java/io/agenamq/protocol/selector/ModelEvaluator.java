// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import io.agenamq.protocol.selector.Expression.And;
import io.agenamq.protocol.selector.Expression.Arithmetic;
import io.agenamq.protocol.selector.Expression.Between;
import io.agenamq.protocol.selector.Expression.Comparison;
import io.agenamq.protocol.selector.Expression.In;
import io.agenamq.protocol.selector.Expression.IsNull;
import io.agenamq.protocol.selector.Expression.Like;
import io.agenamq.protocol.selector.Expression.Literal;
import io.agenamq.protocol.selector.Expression.Not;
import io.agenamq.protocol.selector.Expression.Or;
import io.agenamq.protocol.selector.Expression.Part;
import io.agenamq.protocol.selector.Expression.Property;
import io.agenamq.protocol.selector.Expression.Signed;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The meaning of a tree, written for clarity: walks the tree for each message, computes integers without bounds, matches LIKE by regular
 * expression and fails by exception. Shares no rule with the compiled evaluator.
 */
final class ModelEvaluator {

    /** An evaluation that RocketMQ gives up. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?(NaN|Infinity|(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?)");
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+");

    private final boolean strict;
    private final Map<String, Object> message;

    ModelEvaluator(Typing typing, Map<String, Object> message) {
        this.strict = typing == Typing.STRICT;
        this.message = message;
    }

    /** TRUE, FALSE, null for unknown; or throws {@link Failed}. */
    Boolean condition(Expression expression) {
        Object value = value(expression);
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        return strict ? null : bool(value);
    }

    private Object value(Expression expression) {
        if (expression instanceof Literal literal) {
            return literal.value();
        } else if (expression instanceof Property property) {
            return message.get(property.name());
        } else if (expression instanceof Signed signed) {
            Object number = number(value(signed.operand()));
            return signed.negative() && number != null ? calculate(ArithmeticOperator.MULTIPLY, number, -1L) : number;
        } else if (expression instanceof Arithmetic arithmetic) {
            Object left = number(value(arithmetic.left()));
            Object right = number(value(arithmetic.right()));
            return left == null || right == null ? null : calculate(arithmetic.operator(), left, right);
        } else if (expression instanceof Comparison comparison) {
            return compare(comparison.relation(), value(comparison.left()), value(comparison.right()));
        } else if (expression instanceof Between between) {
            return between(between);
        } else if (expression instanceof In in) {
            return textTest(in.property(), in.negated(), in.texts()::contains);
        } else if (expression instanceof Like like) {
            return textTest(like.property(), like.negated(), text -> regex(like)
                    .matcher(text)
                    .matches());
        } else if (expression instanceof Part part) {
            return part.text().isEmpty()
                    ? textTest(part.property(), false, text -> false)
                    : textTest(part.property(), part.negated(), text -> holds(part, text));
        } else if (expression instanceof IsNull isNull) {
            return isNull.negated()
                    ? message.containsKey(isNull.property().name())
                    : !message.containsKey(isNull.property().name());
        } else if (expression instanceof Not not) {
            Boolean operand = condition(not.operand());
            return operand == null ? null : !operand;
        } else if (expression instanceof And and) {
            return allOf(and.operands());
        }
        return anyOf(((Or) expression).operands());
    }

    private Boolean allOf(List<Expression> operands) {
        boolean unknown = false;
        for (Expression operand : operands) {
            Boolean value = condition(operand);
            if (value == null) {
                unknown = true;
            } else if (!value) {
                return false;
            }
        }
        return unknown ? null : true;
    }

    private Boolean anyOf(List<Expression> operands) {
        boolean unknown = false;
        for (Expression operand : operands) {
            Boolean value = condition(operand);
            if (value == null) {
                unknown = true;
            } else if (value) {
                return true;
            }
        }
        return unknown ? null : false;
    }

    private Boolean between(Between between) {
        Relation outsideLow = between.negated() ? Relation.LESS : Relation.GREATER_OR_EQUAL;
        Relation outsideHigh = between.negated() ? Relation.GREATER : Relation.LESS_OR_EQUAL;
        List<Expression> sides = List.of(
                new Comparison(outsideLow, between.value(), between.low()),
                new Comparison(outsideHigh, between.value(), between.high()));
        return between.negated() ? anyOf(sides) : allOf(sides);
    }

    private interface TextTest {
        boolean test(String text);
    }

    private Boolean textTest(Property property, boolean negated, TextTest test) {
        Object value = message.get(property.name());
        if (value == null) {
            return null;
        }
        return value instanceof String text && (negated ? !test.test(text) : test.test(text));
    }

    private static boolean holds(Part part, String text) {
        return switch (part.place()) {
            case CONTAINS -> text.contains(part.text());
            case STARTSWITH -> text.startsWith(part.text());
            case ENDSWITH -> text.endsWith(part.text());
        };
    }

    private static Pattern regex(Like like) {
        StringBuilder regex = new StringBuilder();
        boolean escaped = false;
        for (int c : like.pattern().codePoints().toArray()) {
            String character = Character.toString(c);
            if (!escaped && character.equals(like.escape())) {
                escaped = true;
                continue;
            }
            boolean wild = !escaped && (c == '%' || c == '_');
            regex.append(wild ? (c == '%' ? ".*" : ".") : Pattern.quote(character));
            escaped = false;
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private Boolean compare(Relation relation, Object left, Object right) {
        if (left == null || right == null) {
            return null;
        } else if (left instanceof Number && right instanceof Number) {
            return order(relation, left, right);
        } else if (left instanceof Boolean && right instanceof Boolean) {
            return equality(relation, left, right);
        } else if (strict) {
            return left instanceof String && right instanceof String && equality(relation, left, right);
        } else if (left instanceof String && right instanceof String) {
            return relation.isOrder()
                    ? order(relation, approximate(left), approximate(right))
                    : equality(relation, left, right);
        } else if (left instanceof String) {
            return compare(relation, as(right, left), right);
        } else if (right instanceof String) {
            return compare(relation, left, as(left, right));
        }
        throw new Failed();
    }

    private static Object as(Object model, Object text) {
        if (model instanceof Boolean) {
            return bool(text);
        } else if (model instanceof Double) {
            return approximate(text);
        }
        return exact(text);
    }

    private static boolean equality(Relation relation, Object left, Object right) {
        return switch (relation) {
            case EQUAL -> left.equals(right);
            case NOT_EQUAL -> !left.equals(right);
            default -> false;
        };
    }

    private static boolean order(Relation relation, Object left, Object right) {
        if (isInteger(left) && isInteger(right)) {
            int order = integer(left).compareTo(integer(right));
            return holds(relation, order < 0, order == 0, order > 0);
        }
        double l = ((Number) left).doubleValue();
        double r = ((Number) right).doubleValue();
        return holds(relation, l < r, l == r, l > r);
    }

    private static boolean holds(Relation relation, boolean less, boolean equal, boolean greater) {
        return switch (relation) {
            case EQUAL -> equal;
            case NOT_EQUAL -> !equal;
            case LESS -> less;
            case LESS_OR_EQUAL -> less || equal;
            case GREATER -> greater;
            case GREATER_OR_EQUAL -> greater || equal;
        };
    }

    private Object number(Object value) {
        if (value == null || value instanceof Number) {
            return value;
        } else if (strict) {
            return null;
        } else if (value instanceof String text && INTEGER.matcher(text).matches() && fits(new BigInteger(text))) {
            return exact(text);
        }
        return approximate(value);
    }

    private Object calculate(ArithmeticOperator operator, Object left, Object right) {
        if (!isInteger(left) || !isInteger(right)) {
            double l = ((Number) left).doubleValue();
            double r = ((Number) right).doubleValue();
            return switch (operator) {
                case ADD -> l + r;
                case SUBTRACT -> l - r;
                case MULTIPLY -> l * r;
                case DIVIDE -> l / r;
            };
        }
        BigInteger l = integer(left);
        BigInteger r = integer(right);
        if (operator == ArithmeticOperator.DIVIDE && r.signum() == 0) {
            return noResult();
        }
        BigInteger result =
                switch (operator) {
                    case ADD -> l.add(r);
                    case SUBTRACT -> l.subtract(r);
                    case MULTIPLY -> l.multiply(r);
                    case DIVIDE -> l.divide(r);
                };
        return fits(result) ? (Object) result.longValueExact() : noResult();
    }

    private Object noResult() {
        if (strict) {
            return null;
        }
        throw new Failed();
    }

    private static boolean isInteger(Object value) {
        return !(value instanceof Float) && !(value instanceof Double);
    }

    private static BigInteger integer(Object value) {
        return BigInteger.valueOf(((Number) value).longValue());
    }

    private static boolean fits(BigInteger value) {
        return value.bitLength() < Long.SIZE;
    }

    private static Boolean bool(Object value) {
        if (value instanceof String text && (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"))) {
            return Boolean.valueOf(text);
        }
        throw new Failed();
    }

    private static Long exact(Object value) {
        if (value instanceof String text && INTEGER.matcher(text).matches() && fits(new BigInteger(text))) {
            return Long.valueOf(text);
        }
        throw new Failed();
    }

    private static Double approximate(Object value) {
        if (value instanceof String text && DECIMAL.matcher(text).matches()) {
            return Double.valueOf(text);
        }
        throw new Failed();
    }
}
