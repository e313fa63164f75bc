#pragma once
// Keeps what waits to be sent to one peer. A peer that reads too slowly loses what matters least first. One thread.
#include <array>
#include <deque>
#include <memory>

#include <strata/net/gossip_messages.hpp>

namespace strata::net {

/// In the order in which frames are sent; what comes last is dropped first.
enum class GossipPriority : std::uint8_t { control, own, forwarded, offer };

class GossipOutbox {
  public:
    struct Limits {
        std::size_t bytes = 2 << 20;  // of all that may be dropped
        std::size_t frames = 1'024;
        std::size_t control = 256 << 10;  // bytes of subscriptions, grafts and prunes, which may not
    };

    GossipOutbox() = default;
    explicit GossipOutbox(const Limits& limits) : limits_(limits) {}

    /// Returns false if a control message does not fit: the peer must be given up.
    bool push(GossipPriority priority, std::shared_ptr<const Bytes> frame);
    /// Returns the rest of the frame that is being sent; empty if nothing waits.
    BytesView front();
    /// The peer took bytes of `front`.
    void taken(std::size_t count);
    void clear();
    std::size_t bytes() const { return droppable_ + control_; }
    std::size_t dropped() const { return dropped_; }

  private:
    bool make_room(GossipPriority priority, std::size_t size);

    Limits limits_{};
    std::array<std::deque<std::shared_ptr<const Bytes>>, 4> queues_;
    std::shared_ptr<const Bytes> current_;
    std::size_t done_ = 0;  // bytes of the current frame
    std::size_t droppable_ = 0;
    std::size_t control_ = 0;
    std::size_t frames_ = 0;
    std::size_t dropped_ = 0;
};

}  // namespace strata::net
