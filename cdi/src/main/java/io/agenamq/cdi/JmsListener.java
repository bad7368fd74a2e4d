// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a bean that receives messages, from the start of the CDI container to its end.
 *
 * <pre>{@code
 * @ApplicationScoped
 * class Billing {
 *     @JmsListener(destination = "Orders", transaction = ListenerTransaction.LOCAL)
 *     void bill(Order order, Mailer mailer) { … }
 * }
 * }</pre>
 *
 * <p>Its first parameter is the message, of type {@link jakarta.jms.Message} or one of its kinds, or the message's body, of whatever type
 * {@link jakarta.jms.Message#getBody} can give. Others are injected. A request is active while it runs, for each message its own. If it throws, or the body
 * is of another type, the message is delivered again as its destination says (redelivery limit, delay, dead letters). Calls come one after another in
 * each of {@link #concurrency} sessions.
 *
 * <p>If the connection is lost, the provider repairs it; if it gives up, or a destination is not there yet, the container tries again every few seconds.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface JmsListener {

    /** Name of the queue or topic, as {@code createQueue} and {@code createTopic} take it. */
    String destination();

    /** Whether it is a topic. */
    boolean topic() default false;

    /** Which messages, empty for all. */
    String selector() default "";

    /** Name of the subscription of a topic; empty for one that lasts as long as the listener and has no name. */
    String subscription() default "";

    /** Whether the subscription remembers what comes while nobody listens. Needs a name, and, unless it is shared, a factory with a client identifier. */
    boolean durable() default false;

    /** Whether several listeners, here and elsewhere, divide the messages of the subscription. */
    boolean shared() default false;

    /** Sessions that receive at the same time. More than one on a topic needs a shared subscription. */
    int concurrency() default 1;

    /** Name of the connection factory, a bean's or one in JNDI; empty for the default one. */
    String factory() default "";

    /** What a message and the method's work have in common. */
    ListenerTransaction transaction() default ListenerTransaction.NONE;
}
