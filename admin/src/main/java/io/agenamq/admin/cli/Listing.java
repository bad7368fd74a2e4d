// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A list as a table for people or as a JSON array for scripts, from one declaration of its columns, so that the two never differ.
 *
 * <pre>
 * TOPIC    KIND     QUEUES            [ { "topic" : "orders", "kind" : "queue", "queues" : 1 },
 * orders   queue         1              { "topic" : "prices", "kind" : null,    "queues" : 4 } ]
 * prices   -             4
 * </pre>
 *
 * A value that is not known is {@code -} or {@code null}, never 0.
 *
 * @param <T> one row
 */
public final class Listing<T> {
    private static final String UNKNOWN = "-";
    private static final String GAP = "  ";

    /** One column: its JSON key, where the value comes from, and how the table shows one that is known. */
    private record Column<T>(
            String key,
            boolean alignedRight,
            Function<T, ? extends @Nullable Object> value,
            Function<Object, String> shown) {
        /** {@code lastUpdate} is shown as {@code LAST UPDATE}. */
        String title() {
            return key.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toUpperCase(Locale.ROOT);
        }

        String cell(T row) {
            Object known = value.apply(row);
            String cell = known == null ? "" : shown.apply(known);
            return cell.isEmpty() ? UNKNOWN : oneLine(cell);
        }

        /** Control characters would break the table, or the terminal. */
        private static String oneLine(String text) {
            return text.codePoints().anyMatch(Character::isISOControl) ? text.replaceAll("\\p{Cntrl}", "·") : text;
        }
    }

    private final List<Column<T>> columns = new ArrayList<>();

    /** Adds a column of text. */
    public Listing<T> text(String key, Function<T, @Nullable String> value) {
        columns.add(new Column<>(key, false, value, Object::toString));
        return this;
    }

    /** Adds a column of whole numbers. */
    public Listing<T> number(String key, Function<T, ? extends @Nullable Number> value) {
        columns.add(new Column<>(key, true, value, Object::toString));
        return this;
    }

    /** Adds a column of numbers that the table shows with this many digits behind the point and thousands set apart. */
    public Listing<T> decimal(String key, int digits, Function<T, @Nullable Double> value) {
        String format = "%,." + digits + "f";
        columns.add(new Column<>(key, true, value, number -> String.format(Locale.ROOT, format, number)));
        return this;
    }

    /** Adds a column of points in time, shown in UTC to the millisecond. */
    public Listing<T> time(String key, Function<T, @Nullable Instant> value) {
        Function<T, @Nullable Object> toTheMillisecond = row -> {
            Instant time = value.apply(row);
            return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS);
        };
        columns.add(new Column<>(key, false, toTheMillisecond, Object::toString));
        return this;
    }

    /** Prints the rows, in their order, as a table with a head line or as a JSON array. */
    public void print(List<T> rows, PrintWriter out, boolean json) {
        if (json) {
            printJson(rows, out);
        } else {
            printTable(rows, out);
        }
    }

    private void printTable(List<T> rows, PrintWriter out) {
        List<String[]> lines = new ArrayList<>(rows.size() + 1);
        lines.add(columns.stream().map(Column::title).toArray(String[]::new));
        for (T row : rows) {
            lines.add(columns.stream().map(column -> column.cell(row)).toArray(String[]::new));
        }
        int[] widths = new int[columns.size()];
        for (String[] line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(line[i]));
            }
        }
        for (String[] line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - width(line[i]));
                text.append(i == 0 ? "" : GAP);
                text.append(columns.get(i).alignedRight() ? padding + line[i] : line[i] + padding);
            }
            out.println(text.toString().stripTrailing());
        }
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private void printJson(List<T> rows, PrintWriter out) {
        try (JsonGenerator json = generator(out)) {
            json.writeStartArray();
            for (T row : rows) {
                json.writeStartObject();
                for (Column<T> column : columns) {
                    writeValue(json, column, row);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
    }

    private void writeValue(JsonGenerator json, Column<T> column, T row) throws IOException {
        Object value = column.value().apply(row);
        json.writeFieldName(column.key());
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }

    /** A generator that indents, and leaves the writer open: it belongs to the terminal. */
    static JsonGenerator generator(PrintWriter out) throws IOException {
        JsonGenerator json = new JsonFactory().createGenerator(out);
        json.configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false);
        json.setPrettyPrinter(new DefaultPrettyPrinter());
        return json;
    }
}
