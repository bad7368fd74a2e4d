// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;

/** A session's part in the branches of transactions that it joins by itself. */
final class OutsideWork implements Coordination {

    private final BranchWork work;
    private final Outside outside;

    OutsideWork(BranchWork work, Outside outside) {
        this.work = work;
        this.outside = outside;
    }

    @Override
    public void used() throws JMSException {
        outside.used(work);
    }

    @Override
    public void closing() {
        outside.closing(work);
    }

    @Override
    public boolean isTransacted() {
        return work.isTransacted();
    }

    @Override
    public @Nullable TransactionWork present() throws JMSException {
        return work.present();
    }

    @Override
    public void requireOwn() throws JMSException {
        work.requireOwn();
    }

    @Override
    public void forget() {
        work.forget();
    }

    @Override
    public void awaitLast(long nanosMax) {
        work.awaitLast(nanosMax);
    }
}
