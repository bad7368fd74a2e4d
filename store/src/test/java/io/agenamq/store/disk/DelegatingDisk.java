// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.IOException;
import java.util.List;

/** A disk that passes everything on: a test overrides what it wants to be different. */
public class DelegatingDisk implements Disk {

    private final Disk disk;

    /** Passes everything on to {@code disk}. */
    public DelegatingDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public boolean exists(String name) throws IOException {
        return disk.exists(name);
    }

    @Override
    public void createDirectory(String name) throws IOException {
        disk.createDirectory(name);
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return disk.create(name);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return disk.open(name);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void forceDirectory(String directory) throws IOException {
        disk.forceDirectory(directory);
    }

    @Override
    public long freeBytes() throws IOException {
        return disk.freeBytes();
    }

    @Override
    public long totalBytes() throws IOException {
        return disk.totalBytes();
    }

    @Override
    public void lock() throws IOException {
        disk.lock();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
