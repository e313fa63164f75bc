#pragma once
// A disk for tests that fails at a chosen call.
#include <atomic>
#include <cerrno>
#include <functional>

#include <strata/base/files.hpp>

namespace strata::testing {

/// Makes call number `at`, counted from 0, and every later one fail with the errno that `act` returns, as a full disk
/// stays full. Thread-safe.
class FaultyDisk final : public Disk {
  public:
    FaultyDisk(int at, std::function<int()> act) : at_(at), act_(std::move(act)) {}

    int write(int file, BytesView bytes, std::size_t& written) override {
        if (const int cause = step()) {
            // A disk that becomes full still takes a part of the bytes.
            if (bytes.size() > 1 && cause == ENOSPC) return Disk::write(file, bytes.first(bytes.size() / 2), written);
            return cause;
        }
        return Disk::write(file, bytes, written);
    }
    int reserve(int file, std::uint64_t size) override {
        const int cause = step();
        return cause != 0 ? cause : Disk::reserve(file, size);
    }
    int sync(int file) override {
        const int cause = step();
        return cause != 0 ? cause : Disk::sync(file);
    }
    int sync_mapping(void* data, std::size_t size) override {
        const int cause = step();
        return cause != 0 ? cause : Disk::sync_mapping(data, size);
    }
    int rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
        const int cause = step();
        return cause != 0 ? cause : Disk::rename(from, to);
    }
    int sync_folder(const std::filesystem::path& folder) override {
        const int cause = step();
        return cause != 0 ? cause : Disk::sync_folder(folder);
    }
    bool reached() const { return calls_ > at_; }

  private:
    int step() { return calls_++ >= at_ ? act_() : 0; }

    int at_;
    std::function<int()> act_;
    std::atomic<int> calls_ = 0;
};

}  // namespace strata::testing
