// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.RequestScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The contexts of one request. CDI gives each request its own, and ends it. */
@RequestScoped
class RequestContexts {

    private final Map<ContextTerms, ScopedContext> byTerms = new HashMap<>();

    ScopedContext get(ContextTerms terms, Function<ContextTerms, ScopedContext> open) {
        return byTerms.computeIfAbsent(terms, open);
    }

    @PreDestroy
    void end() {
        byTerms.values().forEach(ScopedContext::close);
        byTerms.clear();
    }
}
