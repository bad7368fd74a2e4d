// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.protocol.FaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server process does about a bug: it says everything it knows and stops at once, without tidying up, because what it would write
 * cannot be trusted. The next start recovers from the log. Not for servers embedded in somebody else's process.
 */
public final class ProcessFaults implements FaultHandler {

    /** Exit status of a process that found a bug in itself ("internal software error" in sysexits.h). */
    private static final int EXIT_STATUS = 70;

    private static final Logger LOG = LoggerFactory.getLogger(ProcessFaults.class);

    @Override
    public void fault(String what, Throwable cause) {
        LOG.error("stopping: {}", what, cause);
        Runtime.getRuntime().halt(EXIT_STATUS);
    }
}
