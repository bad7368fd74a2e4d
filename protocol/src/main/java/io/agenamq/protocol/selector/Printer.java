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
import java.util.List;

/** Writes a tree as text, with parentheses only where the parser would otherwise build another tree. */
final class Printer implements Expression.Visitor<StringBuilder> {

    private final StringBuilder out = new StringBuilder();

    /** How tightly a node holds together, loosest first; an operand that is looser than its place asks for parentheses. */
    private enum Binding {
        OR,
        AND,
        NOT,
        PREDICATE,
        SUM,
        PRODUCT,
        SIGN,
        PRIMARY;

        static Binding of(Expression expression) {
            if (expression instanceof Or) {
                return OR;
            } else if (expression instanceof And) {
                return AND;
            } else if (expression instanceof Not) {
                return NOT;
            } else if (expression instanceof Expression.Condition) {
                return PREDICATE;
            } else if (expression instanceof Arithmetic arithmetic) {
                return arithmetic.operator().bindsTighter() ? PRODUCT : SUM;
            } else if (expression instanceof Signed) {
                return SIGN;
            }
            return PRIMARY;
        }
    }

    private StringBuilder operand(Expression expression, Binding loosest) {
        if (Binding.of(expression).compareTo(loosest) >= 0) {
            return expression.accept(this);
        }
        out.append('(');
        expression.accept(this);
        return out.append(')');
    }

    private StringBuilder chain(List<Expression> operands, String separator, Binding loosest) {
        String before = "";
        for (Expression operand : operands) {
            out.append(before);
            operand(operand, loosest);
            before = separator;
        }
        return out;
    }

    private StringBuilder text(String text) {
        return out.append('\'').append(text.replace("'", "''")).append('\'');
    }

    private StringBuilder test(Property property, boolean negated, String operator) {
        return property(property)
                .append(negated ? " NOT " : " ")
                .append(operator)
                .append(' ');
    }

    @Override
    public StringBuilder literal(Literal literal) {
        if (literal.value() instanceof String text) {
            return text(text);
        }
        return out.append(literal.value() instanceof Boolean bool ? (bool ? "TRUE" : "FALSE") : literal.value());
    }

    @Override
    public StringBuilder property(Property property) {
        return out.append(property.name());
    }

    @Override
    public StringBuilder signed(Signed signed) {
        // Parentheses around all but a property: "-5" is a literal, and "--a" starts a comment in one of the two modes.
        out.append(signed.negative() ? '-' : '+');
        if (signed.operand() instanceof Property property) {
            return property(property);
        }
        out.append('(');
        signed.operand().accept(this);
        return out.append(')');
    }

    @Override
    public StringBuilder arithmetic(Arithmetic arithmetic) {
        boolean tight = arithmetic.operator().bindsTighter();
        operand(arithmetic.left(), tight ? Binding.PRODUCT : Binding.SUM);
        out.append(' ').append(arithmetic.operator().symbol()).append(' ');
        return operand(arithmetic.right(), tight ? Binding.SIGN : Binding.PRODUCT);
    }

    @Override
    public StringBuilder comparison(Comparison comparison) {
        operand(comparison.left(), Binding.SUM);
        out.append(' ').append(comparison.relation().symbol()).append(' ');
        return operand(comparison.right(), Binding.SUM);
    }

    @Override
    public StringBuilder between(Between between) {
        operand(between.value(), Binding.SUM).append(between.negated() ? " NOT BETWEEN " : " BETWEEN ");
        operand(between.low(), Binding.SUM).append(" AND ");
        return operand(between.high(), Binding.SUM);
    }

    @Override
    public StringBuilder in(In in) {
        test(in.property(), in.negated(), "IN").append('(');
        String before = "";
        for (String text : in.texts()) {
            out.append(before);
            text(text);
            before = ", ";
        }
        return out.append(')');
    }

    @Override
    public StringBuilder like(Like like) {
        test(like.property(), like.negated(), "LIKE");
        text(like.pattern());
        if (!like.escape().isEmpty()) {
            out.append(" ESCAPE ");
            text(like.escape());
        }
        return out;
    }

    @Override
    public StringBuilder part(Part part) {
        test(part.property(), part.negated(), part.place().name());
        return text(part.text());
    }

    @Override
    public StringBuilder isNull(IsNull isNull) {
        return property(isNull.property()).append(isNull.negated() ? " IS NOT NULL" : " IS NULL");
    }

    @Override
    public StringBuilder not(Not not) {
        out.append("NOT ");
        return operand(not.operand(), Binding.NOT);
    }

    @Override
    public StringBuilder and(And and) {
        return chain(and.operands(), " AND ", Binding.NOT);
    }

    @Override
    public StringBuilder or(Or or) {
        return chain(or.operands(), " OR ", Binding.AND);
    }
}
