// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

/** Serves one kind of request. */
@FunctionalInterface
public interface RequestHandler {

    /**
     * Handles a request on the event loop of its connection; must not block. The answer may be given later and by any thread, but the body
     * of the frame is valid only until this method returns.
     *
     * @throws io.agenamq.protocol.frame.ProtocolException to refuse the request with a response code
     */
    void handle(Request request);
}
