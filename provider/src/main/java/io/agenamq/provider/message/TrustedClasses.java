// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import jakarta.jms.MessageFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which classes the object of an {@link jakarta.jms.ObjectMessage} may be made of. Immutable; any thread.
 *
 * <p>Reading a serialised object runs code of the classes that its bytes name, and whoever can send a message chooses the bytes. So only classes
 * are read that are listed here: those of the JDK that hold plain data ({@link #BASICS}), and what the application adds with the option
 * {@value #OPTION}. There is no way to trust everything. Sizes are limited as well: arrays by the bytes that are there to fill them, nesting by
 * {@value #DEPTH_MAX} levels. A filter of the whole JVM ({@code jdk.serialFilter}) is asked in addition.
 */
public final class TrustedClasses {

    /** The option of the connection factory that adds packages and classes. */
    public static final String OPTION = "trustedPackages";

    /** How deep objects may lie in one another, so that reading them does not exhaust the stack. */
    static final int DEPTH_MAX = 128;

    /** Array elements for each byte of the object. A hash table has up to four slots for an entry, which takes two bytes at least. */
    private static final int ELEMENTS_PER_BYTE = 4;

    /** Array elements that any object may have: the smallest tables are larger than what is in them. */
    private static final int ELEMENTS_FREE = 1024;

    private static final Pattern NAME = Pattern.compile("\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*"
            + "(\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*)*");

    /**
     * Plain data, with the classes that stand for it in the bytes. Reading it calls nothing of other classes but what tables and sets need (equals,
     * hashCode, compareTo), and those classes must be trusted themselves.
     */
    private static final Set<String> BASIC_NAMES = Set.of(
            "java.lang.Object",
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Short",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double",
            "java.lang.Number",
            "java.lang.String",
            "java.lang.StringBuilder",
            "java.lang.StringBuffer",
            "java.lang.Enum",
            "java.math.BigDecimal",
            "java.math.BigInteger",
            "java.math.MathContext",
            "java.math.RoundingMode",
            "java.sql.Date",
            "java.sql.Time",
            "java.sql.Timestamp",
            "java.time.DayOfWeek",
            "java.time.Duration",
            "java.time.Instant",
            "java.time.LocalDate",
            "java.time.LocalDateTime",
            "java.time.LocalTime",
            "java.time.Month",
            "java.time.MonthDay",
            "java.time.OffsetDateTime",
            "java.time.OffsetTime",
            "java.time.Period",
            "java.time.Ser",
            "java.time.Year",
            "java.time.YearMonth",
            "java.time.ZoneId",
            "java.time.ZoneOffset",
            "java.time.ZoneRegion",
            "java.time.ZonedDateTime",
            "java.util.AbstractMap$SimpleEntry",
            "java.util.AbstractMap$SimpleImmutableEntry",
            "java.util.ArrayDeque",
            "java.util.ArrayList",
            "java.util.Arrays$ArrayList",
            "java.util.BitSet",
            "java.util.Calendar",
            "java.util.CollSer",
            "java.util.Collections$EmptyList",
            "java.util.Collections$EmptyMap",
            "java.util.Collections$EmptySet",
            "java.util.Collections$ReverseComparator",
            "java.util.Collections$SingletonList",
            "java.util.Collections$SingletonMap",
            "java.util.Collections$SingletonSet",
            "java.util.Collections$SynchronizedCollection",
            "java.util.Collections$SynchronizedList",
            "java.util.Collections$SynchronizedMap",
            "java.util.Collections$SynchronizedRandomAccessList",
            "java.util.Collections$SynchronizedSet",
            "java.util.Collections$UnmodifiableCollection",
            "java.util.Collections$UnmodifiableList",
            "java.util.Collections$UnmodifiableMap",
            "java.util.Collections$UnmodifiableRandomAccessList",
            "java.util.Collections$UnmodifiableSet",
            "java.util.Currency",
            "java.util.Date",
            "java.util.EnumMap",
            "java.util.EnumSet$SerializationProxy",
            "java.util.GregorianCalendar",
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.Hashtable",
            "java.util.ImmutableCollections$List12",
            "java.util.ImmutableCollections$ListN",
            "java.util.ImmutableCollections$Map1",
            "java.util.ImmutableCollections$MapN",
            "java.util.ImmutableCollections$Set12",
            "java.util.ImmutableCollections$SetN",
            "java.util.JumboEnumSet",
            "java.util.LinkedHashMap",
            "java.util.LinkedHashSet",
            "java.util.LinkedList",
            "java.util.Locale",
            "java.util.Map$Entry",
            "java.util.Properties",
            "java.util.RegularEnumSet",
            "java.util.SimpleTimeZone",
            "java.util.Stack",
            "java.util.TimeZone",
            "java.util.TreeMap",
            "java.util.TreeSet",
            "java.util.UUID",
            "java.util.Vector",
            "java.util.concurrent.ConcurrentHashMap",
            "java.util.concurrent.ConcurrentHashMap$Segment",
            "java.util.concurrent.CopyOnWriteArrayList",
            "java.util.concurrent.TimeUnit",
            "java.util.concurrent.atomic.AtomicInteger",
            "java.util.concurrent.atomic.AtomicLong",
            "java.util.concurrent.locks.AbstractOwnableSynchronizer",
            "java.util.concurrent.locks.AbstractQueuedSynchronizer",
            "java.util.concurrent.locks.ReentrantLock",
            "java.util.concurrent.locks.ReentrantLock$NonfairSync",
            "java.util.concurrent.locks.ReentrantLock$Sync",
            "sun.util.calendar.ZoneInfo");

    /** The classes of the JDK that hold plain data, and no others. */
    public static final TrustedClasses BASICS = new TrustedClasses(List.of());

    /** Fully qualified names of packages or classes. */
    private final List<String> added;

    private TrustedClasses(List<String> added) {
        this.added = List.copyOf(added);
    }

    /**
     * The basics and what {@code names} says: packages, with those below them, and classes, separated by commas.
     *
     * @throws IllegalArgumentException for what is no name, saying what to write
     */
    public static TrustedClasses of(String names) {
        List<String> added = new ArrayList<>();
        for (String entry : names.split(",")) {
            String name = entry.strip();
            if (name.isEmpty()) {
                continue;
            }
            String bare = name.endsWith(".*") ? name.substring(0, name.length() - 2) : name;
            if (!NAME.matcher(bare).matches()) {
                throw new IllegalArgumentException("'" + name
                        + "' is no package or class; list them by name, as in com.acme.orders,com.acme.Money");
            }
            added.add(bare);
        }
        return added.isEmpty() ? BASICS : new TrustedClasses(added);
    }

    /** Whether objects of this class may be read. */
    boolean includes(String className) {
        if (BASIC_NAMES.contains(className)) {
            return true;
        }
        for (String name : added) {
            if (className.startsWith(name) && (className.length() == name.length() || isBoundary(className, name))) {
                return true;
            }
        }
        return false;
    }

    /** A package ends at a dot, a class with others nested in it at a dollar sign. */
    private static boolean isBoundary(String className, String name) {
        char following = className.charAt(name.length());
        return following == '.' || following == '$';
    }

    /**
     * Makes the object that the bytes stand for; classes are found by the thread's context class loader first.
     *
     * @throws MessageFormatException if a class is not trusted or not found, or the bytes are no object
     */
    Serializable read(byte[] serialized) throws MessageFormatException {
        return read(serialized, new Guard(serialized.length));
    }

    /** The same for bytes that this virtual machine has made of an object of its own: any class is good. */
    static Serializable readOwn(byte[] serialized) throws MessageFormatException {
        return read(serialized, null);
    }

    private static Serializable read(byte[] serialized, @Nullable Guard guard) throws MessageFormatException {
        try (ObjectInputStream in = new ContextObjectStream(new ByteArrayInputStream(serialized))) {
            if (guard != null) {
                in.setObjectInputFilter(ObjectInputFilter.merge(guard, ObjectInputFilter.Config.getSerialFilter()));
            }
            return (Serializable) in.readObject();
        } catch (ClassNotFoundException missing) {
            throw FormatErrors.caused(
                    "class " + missing.getMessage()
                            + " of the object is known neither to the thread's context class loader nor to the provider's",
                    missing);
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError failed) {
            // Code of foreign classes runs here and may throw what it likes.
            String why = guard == null ? null : guard.refusal;
            throw FormatErrors.caused(why == null ? "the body cannot be read as an object: " + failed : why, failed);
        }
    }

    /** Judges each class before an object of it is made; one for each reading. */
    private final class Guard implements ObjectInputFilter {

        private final long elementsMax;
        private long elements;

        /** Why the object was refused. */
        @Nullable
        String refusal;

        Guard(int bytes) {
            elementsMax = (long) bytes * ELEMENTS_PER_BYTE + ELEMENTS_FREE;
        }

        @Override
        public Status checkInput(FilterInfo info) {
            if (info.depth() > DEPTH_MAX) {
                return refuse("the object is nested more than " + DEPTH_MAX + " levels deep");
            }
            elements += Math.max(0, info.arrayLength());
            if (elements > elementsMax) {
                return refuse("the object has arrays of " + elements + " elements, more than its bytes can fill");
            }
            Class<?> type = info.serialClass();
            if (type == null) {
                return Status.UNDECIDED;
            }
            while (type.isArray()) {
                type = type.getComponentType();
            }
            if (type.isPrimitive() || includes(type.getName())) {
                return Status.ALLOWED;
            }
            return refuse("class " + type.getName()
                    + " is not trusted; if messages may contain it, add it or its package"
                    + " to the connection factory's option " + OPTION + ", as in ?" + OPTION + "=" + type.getName());
        }

        private Status refuse(String why) {
            refusal = why;
            return Status.REJECTED;
        }
    }

    /** Finds the application's classes where the provider is in a class loader above them. */
    private static final class ContextObjectStream extends ObjectInputStream {

        ContextObjectStream(InputStream in) throws IOException {
            super(in);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            if (context != null) {
                try {
                    // Not initialised: no code of a class runs before the filter has judged it.
                    return Class.forName(description.getName(), false, context);
                } catch (ClassNotFoundException elsewhere) {
                    // Primitive types, and classes that only the provider's loader knows.
                }
            }
            return super.resolveClass(description);
        }
    }
}
