#pragma once
// Virtual time: work waits until its time has come. What is due at the same time runs in an order that the seed draws,
// since no real network promises one. Everything that runs is hashed, so that two runs can be compared. One thread.
#include <functional>
#include <map>

#include <strata/crypto/hash.hpp>
#include <strata/crypto/random.hpp>
#include <strata/net/time.hpp>

namespace strata::simulation {

using net::Instant;

class EventQueue {
  public:
    explicit EventQueue(crypto::SeededRandom random) : random_(std::move(random)) {}

    Instant now() const { return now_; }
    crypto::RandomSource& random() { return random_; }
    /// A time in the past means now.
    void at(Instant time, std::function<void()> work) {
        work_.emplace(Key{std::max(time, now_), random_.u64(), next_++}, std::move(work));
    }
    void after(Instant time, std::function<void()> work) { at(now_ + time, std::move(work)); }
    /// Returns a uniform time of both bounds and everything between.
    Instant draw(Instant least, Instant most) {
        return least + Instant(random_.below(static_cast<std::uint64_t>((most - least).count()) + 1));
    }

    /// Runs everything that is due up to `end`, also what is added meanwhile; the time is `end` then.
    void run_until(Instant end) {
        while (!work_.empty() && work_.begin()->first.time <= end) {
            const auto node = work_.extract(work_.begin());
            now_ = node.key().time;
            note_number(static_cast<std::uint64_t>(now_.count()));
            note_number(node.key().number);
            node.mapped()();
        }
        now_ = end;
    }

    /// Adds bytes to the hash of the run.
    void note(BytesView bytes) {
        Bytes all = to_bytes(hash_);
        append(all, bytes);
        hash_ = crypto::blake2b_256(all);
    }
    const Hash256& hash() const { return hash_; }
    std::size_t waiting() const { return work_.size(); }

  private:
    struct Key {
        Instant time;
        std::uint64_t lot;
        std::uint64_t number;
        auto operator<=>(const Key&) const = default;
    };
    void note_number(std::uint64_t number) {
        ByteArray<8> bytes;
        store_be(bytes.data(), number);
        note(bytes);
    }

    crypto::SeededRandom random_;
    Instant now_{};
    std::map<Key, std::function<void()>> work_;
    std::uint64_t next_ = 0;
    Hash256 hash_{};
};

}  // namespace strata::simulation
