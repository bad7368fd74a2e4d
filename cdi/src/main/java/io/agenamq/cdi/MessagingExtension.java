// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.BeforeShutdown;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.inject.spi.ProcessInjectionPoint;
import jakarta.enterprise.inject.spi.ProcessManagedBean;
import jakarta.jms.JMSContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@code @Inject JMSContext} and {@link JmsListener} work. Found by the CDI container as a service; where extensions are not looked for
 * ({@code SeContainerInitializer.disableDiscovery()}), it is added by hand. The container calls it on the thread that starts and stops it.
 */
public class MessagingExtension implements Extension {

    private final List<ListenerMethod> listenerMethods = new ArrayList<>();
    private @Nullable CurrentContexts contexts;
    private @Nullable Listeners listeners;

    /** For the container. */
    public MessagingExtension() {
        // Everything comes with the events.
    }

    void addBeans(@Observes BeforeBeanDiscovery event) {
        event.addAnnotatedType(RequestContexts.class, RequestContexts.class.getName());
    }

    <T> void checkInjection(@Observes ProcessInjectionPoint<T, JMSContext> event) {
        try {
            ContextTerms.of(event.getInjectionPoint().getAnnotated());
        } catch (IllegalArgumentException refused) {
            event.addDefinitionError(new IllegalArgumentException(
                    event.getInjectionPoint().getMember() + ": " + refused.getMessage(), refused));
        }
    }

    <X> void findListeners(@Observes ProcessManagedBean<X> event) {
        for (AnnotatedMethod<? super X> method : event.getAnnotatedBeanClass().getMethods()) {
            JmsListener listener = method.getAnnotation(JmsListener.class);
            if (listener == null) {
                continue;
            }
            try {
                listenerMethods.add(new ListenerMethod(event.getBean(), method, listener));
            } catch (IllegalArgumentException refused) {
                event.addDefinitionError(refused);
            }
        }
    }

    void addContexts(@Observes AfterBeanDiscovery event) {
        event.<JMSContext>addBean()
                .types(JMSContext.class, Object.class)
                .beanClass(InjectedContext.class)
                .scope(Dependent.class)
                .produceWith(this::injected)
                .disposeWith((context, beans) -> {
                    if (context instanceof InjectedContext ours) {
                        ours.destroy();
                    }
                });
    }

    private JMSContext injected(Instance<Object> beans) {
        InjectionPoint into = beans.select(InjectionPoint.class).get();
        return contextOf(ContextTerms.of(into.getAnnotated()));
    }

    InjectedContext contextOf(ContextTerms terms) {
        CurrentContexts present = contexts;
        if (present == null) {
            throw new IllegalStateException("the CDI container has not started yet, or is shut down");
        }
        return new InjectedContext(terms, present);
    }

    void deployed(@Observes AfterDeploymentValidation event, BeanManager manager) {
        contexts = new CurrentContexts(manager);
    }

    void start(@Observes Startup event, BeanManager manager) {
        CurrentContexts present = contexts;
        if (present != null && !listenerMethods.isEmpty()) {
            Listeners begun = new Listeners(listenerMethods, present, manager);
            listeners = begun;
            begun.start();
        }
    }

    /** Listeners first: they may be using beans. */
    void stop(@Observes Shutdown event) {
        Listeners present = listeners;
        if (present != null) {
            listeners = null;
            present.close();
        }
    }

    void close(@Observes BeforeShutdown event) {
        CurrentContexts present = contexts;
        if (present != null) {
            contexts = null;
            present.close();
        }
    }
}
