// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import java.io.IOException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/** Starts the provider for the first test class of a run, and closes it after the last one; says of known deviations that they are known. */
final class ProviderUnderTest implements BeforeAllCallback, InvocationInterceptor {

    private static final String DEFAULT = "io.agenamq.tck.jms.conformance.AgenaProvider";

    @SuppressWarnings("NullAway.Init")
    private static volatile JmsProvider running;

    /** The end of the run closes the provider. */
    private record Running(JmsProvider provider) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            provider.close();
        }
    }

    static JmsProvider get() {
        return running;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running = context.getRoot()
                .getStore(Namespace.create(ProviderUnderTest.class))
                .getOrComputeIfAbsent(Running.class, key -> new Running(start()), Running.class)
                .provider();
    }

    private static JmsProvider start() {
        String name = System.getProperty("tck.jms.provider", DEFAULT);
        try {
            return Class.forName(name)
                    .asSubclass(JmsProvider.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException failed) {
            throw new IllegalStateException("cannot start the provider " + name, failed);
        }
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        run(invocation, method);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        run(invocation, method);
    }

    private static void run(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method) throws Throwable {
        String rule = method.getExecutable().getDeclaringClass().getSimpleName() + "."
                + method.getExecutable().getName()
                + (method.getArguments().isEmpty() ? "" : method.getArguments());
        String deviation = running.knownDeviation(rule);
        if (deviation.isEmpty()) {
            invocation.proceed();
            return;
        }
        try {
            invocation.proceed();
        } catch (Throwable expected) {
            throw new TestAbortedException("known deviation: " + deviation, expected);
        }
        if (!deviation.contains(JmsProvider.SOMETIMES)) {
            throw new AssertionError("this holds now, and is listed as a known deviation: " + deviation);
        }
    }
}
