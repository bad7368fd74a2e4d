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
import io.agenamq.protocol.selector.Expression.Place;
import io.agenamq.protocol.selector.Expression.Property;
import io.agenamq.protocol.selector.Expression.Signed;
import io.agenamq.protocol.selector.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recursive descent over the union of the Jakarta Messaging selector language (3.1 §3.8.1) and RocketMQ's SQL92, with one token of lookahead:
 *
 * <pre>
 *   or        = and { OR and }
 *   and       = not { AND not }
 *   not       = NOT not | predicate
 *   predicate = sum [ ( "=" | "&lt;>" | "&lt;" | "&lt;=" | ">" | ">=" ) sum
 *                   | [NOT] BETWEEN sum AND sum
 *                   | [NOT] IN "(" string { "," string } ")"             the left side of these
 *                   | [NOT] LIKE string [ ESCAPE string ]                is a property
 *                   | [NOT] ( CONTAINS | STARTSWITH | ENDSWITH ) string  RocketMQ 5; words only here, else identifiers
 *                   | IS [NOT] NULL ]
 *   sum       = product { ( "+" | "-" ) product }
 *   product   = sign { ( "*" | "/" ) sign }
 *   sign      = ( "+" | "-" ) sign | primary
 *   primary   = string | number | TRUE | FALSE | identifier | "(" or ")"
 * </pre>
 *
 * <p>The grammar does not tell conditions from values; their {@link Expression#kind kinds} do, checked as the tree grows, so that
 * {@code name > 'a'}, {@code TRUE = 0} and {@code 1 AND 2} are refused when the selector is presented and not when a message comes.
 */
final class Parser {

    /** The header fields a Jakarta Messaging selector may name (3.1 §3.8.1.1). */
    private static final Set<String> HEADER_FIELDS =
            Set.of("JMSDeliveryMode", "JMSPriority", "JMSMessageID", "JMSTimestamp", "JMSCorrelationID", "JMSType");

    private final Lexer lexer;
    private final Typing typing;
    private Token token;
    private int levels;

    private Parser(String text, Typing typing) throws SelectorException {
        this.lexer = new Lexer(text, typing);
        this.typing = typing;
        this.token = lexer.next();
    }

    /** The tree of a selector that is not blank. */
    static Expression parse(String text, Typing typing) throws SelectorException {
        Parser parser = new Parser(text, typing);
        Expression condition = parser.condition(parser.token.column(), parser.or());
        if (parser.token.kind() != Kind.END) {
            throw parser.unexpected("AND, OR or the end");
        }
        return condition;
    }

    private Expression or() throws SelectorException {
        int column = token.column();
        Expression first = and();
        if (token.kind() != Kind.OR) {
            return first;
        }
        List<Expression> operands = new ArrayList<>();
        operands.add(condition(column, first));
        while (skip(Kind.OR)) {
            operands.add(condition(token.column(), and()));
        }
        return new Or(operands);
    }

    private Expression and() throws SelectorException {
        int column = token.column();
        Expression first = not();
        if (token.kind() != Kind.AND) {
            return first;
        }
        List<Expression> operands = new ArrayList<>();
        operands.add(condition(column, first));
        while (skip(Kind.AND)) {
            operands.add(condition(token.column(), not()));
        }
        return new And(operands);
    }

    private Expression not() throws SelectorException {
        if (token.kind() != Kind.NOT) {
            return predicate();
        }
        enter();
        take();
        Expression operand = condition(token.column(), not());
        leave();
        return new Not(operand);
    }

    private Expression predicate() throws SelectorException {
        int levelsBefore = levels;
        int column = token.column();
        Expression left = sum();
        Expression condition = predicateOn(left, column);
        if (condition == null) {
            return left;
        }
        // Nothing arithmetic can be built on a condition, so what its operators spent is free again.
        levels = levelsBefore;
        return condition;
    }

    private @Nullable Expression predicateOn(Expression left, int column) throws SelectorException {
        Relation relation = relation();
        if (relation != null) {
            return comparison(left, column, relation);
        } else if (skip(Kind.IS)) {
            boolean negated = skip(Kind.NOT);
            expect(Kind.NULL);
            return new IsNull(negated, property(left, column, "IS"));
        }
        boolean negated = skip(Kind.NOT);
        Place place = place();
        if (place != null) {
            take();
            return new Part(
                    negated,
                    property(left, column, place.name()),
                    place,
                    expect(Kind.STRING).text());
        } else if (skip(Kind.BETWEEN)) {
            return between(negated, left, column);
        } else if (skip(Kind.IN)) {
            return new In(negated, property(left, column, "IN"), texts());
        } else if (skip(Kind.LIKE)) {
            return like(negated, property(left, column, "LIKE"));
        } else if (negated) {
            throw unexpected("BETWEEN, IN or LIKE after NOT");
        }
        return null;
    }

    private @Nullable Relation relation() {
        return switch (token.kind()) {
            case EQUAL -> Relation.EQUAL;
            case NOT_EQUAL -> Relation.NOT_EQUAL;
            case LESS -> Relation.LESS;
            case LESS_OR_EQUAL -> Relation.LESS_OR_EQUAL;
            case GREATER -> Relation.GREATER;
            case GREATER_OR_EQUAL -> Relation.GREATER_OR_EQUAL;
            default -> null;
        };
    }

    /** CONTAINS and its like are not reserved: where an operator must come they cannot be anything else. */
    private @Nullable Place place() {
        if (token.kind() == Kind.IDENTIFIER) {
            for (Place place : Place.values()) {
                if (place.name().equals(token.text().toUpperCase(Locale.ROOT))) {
                    return place;
                }
            }
        }
        return null;
    }

    private Expression comparison(Expression left, int column, Relation relation) throws SelectorException {
        Token operator = take();
        int rightColumn = token.column();
        Expression right = sum();
        if (relation.isOrder()) {
            number(column, left);
            number(rightColumn, right);
        } else if (!left.kind().mayBe(right.kind()) && !right.kind().mayBe(left.kind())) {
            throw new SelectorException(
                    operator.column(),
                    "expected operands of one type but found " + left.kind().description() + " and "
                            + right.kind().description());
        }
        return new Comparison(relation, left, right);
    }

    private Expression between(boolean negated, Expression value, int column) throws SelectorException {
        number(column, value);
        int lowColumn = token.column();
        Expression low = number(lowColumn, sum());
        expect(Kind.AND);
        Expression high = number(token.column(), sum());
        // RocketMQ refuses an empty range of constants; in Jakarta Messaging it is a range that nothing is in.
        boolean empty = low instanceof Literal from
                && high instanceof Literal to
                && Numbers.holds(Relation.GREATER, (Number) from.value(), (Number) to.value());
        if (empty && typing == Typing.COERCING) {
            throw new SelectorException(lowColumn, "expected the lower bound of BETWEEN before the higher one");
        }
        return new Between(negated, value, low, high);
    }

    private List<String> texts() throws SelectorException {
        List<String> texts = new ArrayList<>();
        expect(Kind.OPEN);
        do {
            texts.add(expect(Kind.STRING).text());
        } while (skip(Kind.COMMA));
        expect(Kind.CLOSE);
        return texts;
    }

    private Expression like(boolean negated, Property property) throws SelectorException {
        Token pattern = expect(Kind.STRING);
        if (!skip(Kind.ESCAPE)) {
            return new Like(negated, property, pattern.text(), "");
        }
        Token escape = expect(Kind.STRING);
        if (escape.text().codePointCount(0, escape.text().length()) != 1) {
            throw new SelectorException(escape.column(), "expected one character after ESCAPE");
        }
        if (LikePattern.endsInEscape(pattern.text(), escape.text())) {
            throw new SelectorException(
                    pattern.column(), "expected a character after the escape character that ends the pattern");
        }
        return new Like(negated, property, pattern.text(), escape.text());
    }

    private Expression sum() throws SelectorException {
        int column = token.column();
        Expression left = product();
        while (token.kind() == Kind.PLUS || token.kind() == Kind.MINUS) {
            enter();
            ArithmeticOperator operator =
                    take().kind() == Kind.PLUS ? ArithmeticOperator.ADD : ArithmeticOperator.SUBTRACT;
            number(column, left);
            left = new Arithmetic(operator, left, number(token.column(), product()));
        }
        return left;
    }

    private Expression product() throws SelectorException {
        int column = token.column();
        Expression left = sign();
        while (token.kind() == Kind.TIMES || token.kind() == Kind.DIVIDED) {
            enter();
            ArithmeticOperator operator =
                    take().kind() == Kind.TIMES ? ArithmeticOperator.MULTIPLY : ArithmeticOperator.DIVIDE;
            number(column, left);
            left = new Arithmetic(operator, left, number(token.column(), sign()));
        }
        return left;
    }

    private Expression sign() throws SelectorException {
        if (token.kind() != Kind.PLUS && token.kind() != Kind.MINUS) {
            return primary();
        }
        boolean negative = take().kind() == Kind.MINUS;
        if (token.kind() == Kind.NUMBER) {
            return literal(take(), negative);
        }
        enter();
        Expression operand = number(token.column(), sign());
        leave();
        return new Signed(negative, operand);
    }

    private Expression primary() throws SelectorException {
        Token first = token;
        switch (first.kind()) {
            case STRING -> {
                take();
                return new Literal(first.text());
            }
            case NUMBER -> {
                take();
                return literal(first, false);
            }
            case TRUE -> {
                take();
                return Literal.TRUE;
            }
            case FALSE -> {
                take();
                return Literal.FALSE;
            }
            case IDENTIFIER -> {
                take();
                return identifier(first);
            }
            case OPEN -> {
                enter();
                take();
                Expression inner = or();
                expect(Kind.CLOSE);
                leave();
                return inner;
            }
            case NULL -> throw unexpected("a property or a literal (NULL stands only after IS)");
            default -> throw unexpected("a property or a literal");
        }
    }

    private static Literal literal(Token number, boolean negative) throws SelectorException {
        Number value = Numbers.literal(number.text(), negative);
        if (value == null) {
            throw new SelectorException(
                    number.column(), "expected a number in the range of long or double but found " + number.shown());
        }
        return new Literal(value);
    }

    private Property identifier(Token name) throws SelectorException {
        String text = name.text();
        boolean reserved = text.startsWith("JMS") && !text.startsWith("JMSX") && !text.startsWith("JMS_");
        if (typing == Typing.STRICT && reserved && !HEADER_FIELDS.contains(text)) {
            throw new SelectorException(
                    name.column(),
                    "expected a property or a header field that selectors may use but found " + name.shown());
        }
        return new Property(text);
    }

    private static Property property(Expression left, int column, String operator) throws SelectorException {
        if (left instanceof Property property) {
            return property;
        }
        throw new SelectorException(
                column,
                "expected a property before " + operator + " but found "
                        + left.kind().description());
    }

    private Expression condition(int column, Expression expression) throws SelectorException {
        return require(Expression.Kind.BOOLEAN, column, expression);
    }

    private Expression number(int column, Expression expression) throws SelectorException {
        return require(Expression.Kind.NUMBER, column, expression);
    }

    private static Expression require(Expression.Kind wanted, int column, Expression expression)
            throws SelectorException {
        if (expression.kind().mayBe(wanted)) {
            return expression;
        }
        throw new SelectorException(
                column,
                "expected " + wanted.description() + " but found "
                        + expression.kind().description());
    }

    private void enter() throws SelectorException {
        if (levels == Selector.LEVEL_COUNT_MAX) {
            throw new SelectorException(
                    token.column(),
                    "expected at most " + Selector.LEVEL_COUNT_MAX + " levels of parentheses and operators");
        }
        levels++;
    }

    private void leave() {
        levels--;
    }

    private Token take() throws SelectorException {
        Token taken = token;
        token = lexer.next();
        return taken;
    }

    private boolean skip(Kind kind) throws SelectorException {
        if (token.kind() != kind) {
            return false;
        }
        take();
        return true;
    }

    private Token expect(Kind kind) throws SelectorException {
        if (token.kind() != kind) {
            throw unexpected(kind == Kind.STRING ? kind.spelling() : "'" + kind.spelling() + "'");
        }
        return take();
    }

    private SelectorException unexpected(String expected) {
        return new SelectorException(token.column(), "expected " + expected + " but found " + token.shown());
    }
}
