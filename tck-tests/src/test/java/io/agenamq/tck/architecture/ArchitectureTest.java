// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/**
 * The rules of the house that a tool can check, over all production classes. An exception is listed here with its reason; a rule without
 * a reason in its text is no rule.
 */
@AnalyzeClasses(
        packages = "io.agenamq",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.ProductionOnly.class})
class ArchitectureTest {

    /** Tests and benchmarks measure and wait; the rules are for what users run. */
    static final class ProductionOnly implements ImportOption {
        private static final Pattern NOT_PRODUCTION = Pattern.compile(".*(/io/agenamq/(tck|bench)/|-tests\\.jar).*");

        @Override
        public boolean includes(com.tngtech.archunit.core.importer.Location location) {
            return !location.matches(NOT_PRODUCTION);
        }
    }

    // ---- arrows between modules
    // ------------------------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule protocol_needs_only_the_jdk =
            module("protocol").because("it is bytes and meaning, shared by all; what it needs, everybody needs");

    @ArchTest
    static final ArchRule remoting_needs_protocol_and_netty =
            module("remoting", "protocol").because("it carries commands and knows the meaning of none");

    @ArchTest
    static final ArchRule store_needs_protocol = module("store", "protocol").because("a store has no network");

    @ArchTest
    static final ArchRule nameserver_needs_remoting = module("nameserver", "remoting", "protocol", "store.disk")
            .because(
                    "a name server is a process of its own, without a broker or a store; its one file goes through a Disk");

    @ArchTest
    static final ArchRule broker_needs_store_and_remoting = module(
                    "broker", "nameserver", "store", "remoting", "protocol")
            .because(
                    "a server knows nothing of the Jakarta Messaging client; a name server may run in the broker's process");

    @ArchTest
    static final ArchRule provider_is_thin = module("provider", "remoting", "protocol")
            .because("it lives in other people's class loaders: remoting, the Jakarta APIs and SLF4J, nothing else");

    @ArchTest
    static final ArchRule cdi_is_for_every_provider =
            module("cdi").because("it injects what the Jakarta API says, and knows no connection of ours");

    @ArchTest
    static final ArchRule admin_is_a_client =
            module("admin", "provider", "remoting", "protocol").because("it talks to servers like everybody else");

    @ArchTest
    static final ArchRule packages_have_no_cycles = slices().matching("io.agenamq.(**)")
            .should()
            .beFreeOfCycles()
            .because("one can then read, test and replace a package without the others; it is cheap only at zero");

    // ---- libraries
    // ---------------------------------------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule netty_stays_in_remoting = noClasses()
            .that()
            .resideOutsideOfPackage("io.agenamq.remoting..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..")
            .because("the network library must be replaceable, and buffers must have one owner");

    @ArchTest
    static final ArchRule jakarta_stays_in_provider = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.agenamq.provider..", "io.agenamq.cdi..", "io.agenamq.admin..", "io.agenamq.dist..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta..")
            .because("the broker serves Jakarta Messaging by commands, not by its API");

    @ArchTest
    static final ArchRule libraries_are_those_that_were_decided_on = noClasses()
            .should()
            .dependOnClassesThat(resideOutsideOf(
                    "io.agenamq..",
                    "java..",
                    "javax.crypto..",
                    "javax.naming..",
                    "javax.net.ssl..",
                    "javax.sql..",
                    "javax.transaction.xa..",
                    "org.jspecify..",
                    "com.google.errorprone.annotations..",
                    "org.slf4j..",
                    "io.netty..",
                    "jakarta.jms..",
                    "jakarta.transaction..",
                    // optional: the one class that joins Spring's transactions (ADR 19)
                    "org.springframework.transaction.support..",
                    "org.springframework.jdbc.datasource..",
                    // injection, where applications bring it
                    "jakarta.annotation..",
                    "jakarta.enterprise..",
                    "picocli..",
                    "com.fasterxml.jackson.core..",
                    "org.HdrHistogram..",
                    "ch.qos.logback..",
                    "org.apache.rocketmq..",
                    // signals, which the JDK offers nowhere else
                    "sun.misc..",
                    // the size of the machine's memory, likewise
                    "com.sun.management.."))
            .because("a dependency is a decision, written down in docs/adr or the reference on libraries");

    // ---- time, threads, files, environment: arguments, not habits
    // ------------------------------------------------------------------

    @ArchTest
    static final ArchRule nobody_sleeps = noClasses()
            .should()
            .callMethodWhere(call("java.lang.Thread", "sleep"))
            .because("a sleep is a timer that cannot be tested, and a wait for something that could be awaited");

    @ArchTest
    static final ArchRule clocks_are_given = noClasses()
            .that(areOutside(
                    // composition roots and command lines: they hand the clock on
                    "io.agenamq.broker.BrokerServer",
                    "io.agenamq.broker.EmbeddedBroker",
                    "io.agenamq.nameserver.NameServer",
                    "io.agenamq.admin.cli.*",
                    "io.agenamq.dist.*",
                    "io.agenamq.provider.AgenaConnectionFactory",
                    "io.agenamq.provider.inbox.Inbox",
                    "io.agenamq.provider.transaction.TransactionTable",
                    "io.agenamq.admin.AdminClient",
                    // time-outs of the wire; the loop's clock is Netty's own
                    "io.agenamq.remoting.*"))
            .should()
            .callMethodWhere(call("java.lang.System", "currentTimeMillis", "nanoTime")
                    .or(call("java.time.Instant", "now"))
                    .or(call("java.time.Clock", "systemUTC", "systemDefaultZone", "system"))
                    .or(call("java.time.InstantSource", "system"))
                    .or(call("java.time.LocalDateTime", "now"))
                    .or(call("java.time.ZonedDateTime", "now")))
            .because(
                    "time is an argument: an InstantSource or a LongSupplier of nanoseconds, so that tests can turn it");

    @ArchTest
    static final ArchRule threads_are_made_in_few_places = noClasses()
            .that(areOutside(
                    "io.agenamq.broker.BrokerServer",
                    // deletes a temporary folder when the process ends
                    "io.agenamq.broker.EmbeddedBroker",
                    "io.agenamq.remoting.*",
                    // the flusher, the housekeeper
                    "io.agenamq.store.log.StoreThread",
                    // queries, which read far more than a request of the hot path
                    "io.agenamq.broker.request.SlowWork",
                    // the queue owners, which run what is keyed by a destination
                    "io.agenamq.broker.delivery.Deliveries",
                    // writes configuration items, so that no event loop does
                    "io.agenamq.nameserver.KeyValueTable",
                    // the same for homes of destinations
                    "io.agenamq.nameserver.HomeFile",
                    "io.agenamq.admin.cli.*",
                    "io.agenamq.dist.*",
                    // begins listeners; one per session that receives in Jakarta transactions
                    "io.agenamq.cdi.Listeners",
                    "io.agenamq.cdi.JtaReception",
                    "io.agenamq.provider.*"))
            .should()
            .callConstructorWhere(targetOwner("java.lang.Thread"))
            .orShould()
            .callMethodWhere(call("java.util.concurrent.Executors"))
            .orShould()
            .callConstructorWhere(targetOwner("java.util.concurrent.ThreadPoolExecutor"))
            .orShould()
            .callConstructorWhere(targetOwner("java.util.concurrent.ScheduledThreadPoolExecutor"))
            .orShould()
            .callConstructorWhere(targetOwner("java.util.Timer"))
            .because("roles are few and have names (docs/architecture.md); components are stepped, not started");

    @ArchTest
    static final ArchRule files_are_touched_in_few_places = noClasses()
            .that(areOutside(
                    "io.agenamq.store.disk.*",
                    // reads broker.conf
                    "io.agenamq.broker.config.*",
                    // configuration items, as in RocketMQ
                    "io.agenamq.nameserver.*",
                    "io.agenamq.admin.cli.*",
                    "io.agenamq.dist.*"))
            .should()
            .dependOnClassesThat(describe("open files", type -> Set.of(
                            "java.nio.file.Files",
                            "java.nio.channels.FileChannel",
                            "java.io.RandomAccessFile",
                            "java.io.FileInputStream",
                            "java.io.FileOutputStream",
                            "java.io.FileReader",
                            "java.io.FileWriter")
                    .contains(type.getName())))
            .because("store.disk is the only way to the disk, so that the simulated disk sees everything");

    @ArchTest
    static final ArchRule the_environment_is_read_once = noClasses()
            .that(areOutside("io.agenamq.admin.cli.*", "io.agenamq.dist.*"))
            .should()
            .callMethodWhere(call("java.lang.System", "getProperty", "getenv", "setProperty")
                    .or(call("java.lang.Integer", "getInteger"))
                    .or(call("java.lang.Long", "getLong"))
                    .or(call("java.lang.Boolean", "getBoolean")))
            .because("a component is configured by its record, complete and checked when it is constructed");

    @ArchTest
    static final ArchRule only_commands_end_the_process_and_print = noClasses()
            .that(areOutside(
                    "io.agenamq.admin.cli.*",
                    "io.agenamq.dist.*",
                    // a broken invariant stops the process before it harms data
                    "io.agenamq.broker.ProcessFaults"))
            .should()
            .callMethodWhere(call("java.lang.System", "exit").or(call("java.lang.Runtime", "exit", "halt")))
            .orShould()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("a library that ends or talks to its host's process cannot be embedded");

    @ArchTest
    static final ArchRule nobody_reads_java_objects_from_strangers = noClasses()
            // an ObjectMessage is a Java object; this is the filter through which it is read, class by class
            .that(areOutside("io.agenamq.provider.message.TrustedClasses"))
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.ObjectInputStream")
            .because("deserialising bytes of the network runs other people's code");

    @ArchTest
    static final ArchRule no_reflection_on_the_way_of_a_message = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.agenamq.protocol..", "io.agenamq.remoting..", "io.agenamq.store..", "io.agenamq.broker..")
            // unmaps files, for which Java 17 has nothing better
            .and(areOutside("io.agenamq.store.disk.FileDisk"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.reflect..")
            .because("codecs are written by hand");

    // ---- names and packages
    // ----------------------------------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule names_say_what_a_thing_is = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Processor|Base)")
            .because("they hide the noun that was not found yet");

    @ArchTest
    static final ArchRule packages_say_what_they_are_for = classes()
            .should(resideInAMarkedPackage())
            .because("every package opens with its purpose, and in it nothing is null unless it says so");

    // ---- words
    // ------------------------------------------------------------------------------------------------------------------------

    /** Classes of a module depend on it and on these other modules of ours, no others. */
    private static ArchRule module(String name, String... others) {
        Set<String> allowed = Set.of(others).stream()
                .map(other -> "io.agenamq." + other + "..")
                .collect(Collectors.toSet());
        allowed.add("io.agenamq." + name + "..");
        DescribedPredicate<JavaClass> ours = resideInAnyPackage("io.agenamq..");
        DescribedPredicate<JavaClass> known = resideInAnyPackage(allowed.toArray(String[]::new));
        return noClasses()
                .that()
                .resideInAPackage("io.agenamq." + name + "..")
                .should()
                .dependOnClassesThat(ours.and(DescribedPredicate.not(known))
                        .as("are of other modules than %s", String.join(", ", others)))
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaClass> resideOutsideOf(String... packages) {
        return DescribedPredicate.not(resideInAnyPackage(packages))
                .and(describe("are no arrays or primitives", type -> !type.isArray() && !type.isPrimitive()))
                .as("reside in none of the known packages");
    }

    /** Not one of these classes, nor nested in one; {@code .*} stands for a package and all below. */
    private static DescribedPredicate<JavaClass> areOutside(String... rooms) {
        DescribedPredicate<JavaClass> outside = alwaysTrue();
        for (String room : rooms) {
            DescribedPredicate<JavaClass> inside = room.endsWith(".*")
                    ? resideInAnyPackage(room.substring(0, room.length() - 2) + "..")
                    : describe(
                            room,
                            type -> type.getName().equals(room)
                                    || type.getName().startsWith(room + "$"));
            outside = outside.and(DescribedPredicate.not(inside));
        }
        return outside.as("are outside of %s", String.join(", ", rooms));
    }

    /** Calls of these methods of a class; of any, if none is named. */
    private static DescribedPredicate<JavaAccess<?>> call(String owner, String... methods) {
        Set<String> names = Set.of(methods);
        return describe(
                owner + "." + String.join("/", methods),
                access -> access.getTargetOwner().getName().equals(owner)
                        && (names.isEmpty() || names.contains(access.getName())));
    }

    private static DescribedPredicate<JavaAccess<?>> targetOwner(String owner) {
        return describe(owner, access -> access.getTargetOwner().getName().equals(owner));
    }

    private static ArchCondition<JavaClass> resideInAMarkedPackage() {
        return new ArchCondition<>("reside in a package with a package-info that is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().tryGetPackageInfo().isPresent()
                        && type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(
                        type, marked, type.getPackageName() + " (of " + type.getSimpleName() + ") is not"));
            }
        };
    }
}
