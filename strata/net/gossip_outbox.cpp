#include <strata/net/gossip_outbox.hpp>

namespace strata::net {

bool GossipOutbox::push(GossipPriority priority, std::shared_ptr<const Bytes> frame) {
    const std::size_t size = frame->size();
    if (priority == GossipPriority::control) {
        if (control_ + size > limits_.control) return false;
        control_ += size;
    } else {
        if (!make_room(priority, size)) {
            ++dropped_;
            return true;
        }
        droppable_ += size;
        ++frames_;
    }
    queues_[static_cast<std::size_t>(priority)].push_back(std::move(frame));
    return true;
}

/// Drops the oldest frames of lower priority, and then of the same: a newer message is worth more.
bool GossipOutbox::make_room(GossipPriority priority, std::size_t size) {
    if (size > limits_.bytes) return false;
    for (std::size_t i = queues_.size() - 1; i >= static_cast<std::size_t>(priority); --i) {
        auto& queue = queues_[i];
        while (!queue.empty() && (droppable_ + size > limits_.bytes || frames_ == limits_.frames)) {
            droppable_ -= queue.front()->size();
            --frames_;
            ++dropped_;
            queue.pop_front();
        }
    }
    return droppable_ + size <= limits_.bytes && frames_ < limits_.frames;
}

BytesView GossipOutbox::front() {
    for (std::size_t i = 0; !current_ && i < queues_.size(); ++i) {
        if (queues_[i].empty()) continue;
        current_ = std::move(queues_[i].front());
        queues_[i].pop_front();
        if (i == static_cast<std::size_t>(GossipPriority::control)) {
            control_ -= current_->size();
        } else {
            droppable_ -= current_->size();
            --frames_;
        }
    }
    return current_ ? BytesView(*current_).subspan(done_) : BytesView();
}

void GossipOutbox::taken(std::size_t count) {
    done_ += count;
    if (!current_ || done_ < current_->size()) return;
    current_.reset();
    done_ = 0;
}

void GossipOutbox::clear() {
    *this = GossipOutbox(limits_);
}

}  // namespace strata::net
