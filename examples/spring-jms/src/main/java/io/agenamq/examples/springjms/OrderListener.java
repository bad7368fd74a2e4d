// SPDX-License-Identifier: Apache-2.0
package io.agenamq.examples.springjms;

import org.springframework.jms.annotation.JmsListener;
import org.springframework.messaging.handler.annotation.SendTo;

/** Confirms orders. */
public class OrderListener {

    /** Called for each order; what it returns is sent on. */
    @JmsListener(destination = "orders")
    @SendTo("confirmations")
    public String confirm(String order) {
        return "confirmed " + order;
    }
}
