#pragma once
// Who hears of the peers of a swarm. One thread.
#include <algorithm>
#include <vector>

#include <strata/net/identify.hpp>
#include <strata/net/time.hpp>

namespace strata::net {

/// Hears of peers. Calls come from inside other calls of the swarm; they may open streams, and add or remove
/// listeners, but not remove connections.
class PeerListener {
  public:
    virtual ~PeerListener() = default;
    virtual void on_connected(const PeerId&) {}
    /// Also after a push.
    virtual void on_identified(const PeerId&, const Identify&) {}
    virtual void on_disconnected(const PeerId&) {}
    /// Called by `Swarm::on_time`, at `next_time` and at other times; not from inside other calls.
    virtual void on_time(Instant) {}
    virtual Instant next_time() const { return kNever; }
};

/// Several listeners, each of which gets every call, in the order in which they were added.
class PeerListeners {
  public:
    /// A listener that is there already keeps its place. One that is added during a call gets the next one.
    void add(PeerListener* listener) {
        if (std::ranges::find(list_, listener) == list_.end()) list_.push_back(listener);
    }
    /// The listener gets no more calls, not even the one that is under way. Unknown ones are ignored.
    void remove(PeerListener* listener) {
        std::ranges::replace(list_, listener, nullptr);
        tidy();
    }

    template <class Call>
    void tell(Call&& call) {
        ++running_;
        // By number, since a listener may add others.
        for (std::size_t i = 0, count = list_.size(); i < count; ++i)
            if (list_[i] != nullptr) call(*list_[i]);
        --running_;
        tidy();
    }
    Instant next_time() const {
        Instant next = kNever;
        for (const auto* listener : list_)
            if (listener != nullptr) next = std::min(next, listener->next_time());
        return next;
    }

  private:
    /// Forgets the places of removed listeners when no call counts on them.
    void tidy() {
        if (running_ == 0) std::erase(list_, nullptr);
    }

    std::vector<PeerListener*> list_;  // null for those that were removed during a call
    int running_ = 0;
};

}  // namespace strata::net
