#include <strata/net/gossip_cache.hpp>

namespace strata::net {

GossipCache::GossipCache(std::size_t history, std::size_t offered, std::size_t bytes)
    : history_(history), offered_(offered), max_bytes_(bytes) {
    STRATA_CHECK(offered > 0 && offered <= history && bytes > 0);
}

void GossipCache::put(const MessageName& name, const std::string& topic, std::shared_ptr<const Bytes> frame) {
    const std::size_t size = frame->size();
    if (!entries_.try_emplace(name, Entry{topic, std::move(frame)}).second) return;
    bytes_ += size;
    windows_.front().push_back(name);
    while (bytes_ > max_bytes_) {
        while (windows_.back().empty()) windows_.pop_back();
        drop(windows_.back().front());
        windows_.back().pop_front();
    }
}

GossipCache::Entry* GossipCache::find(const MessageName& name) {
    const auto it = entries_.find(name);
    return it == entries_.end() ? nullptr : &it->second;
}

std::vector<MessageName> GossipCache::offered(const std::string& topic) const {
    std::vector<MessageName> out;
    for (std::size_t i = 0; i < std::min(offered_, windows_.size()); ++i)
        for (const auto& name : windows_[i])
            if (entries_.at(name).topic == topic) out.push_back(name);
    return out;
}

void GossipCache::shift() {
    windows_.emplace_front();
    if (windows_.size() <= history_) return;
    for (const auto& name : windows_.back()) drop(name);
    windows_.pop_back();
}

void GossipCache::drop(const MessageName& name) {
    const auto it = entries_.find(name);
    bytes_ -= it->second.frame->size();
    entries_.erase(it);
}

}  // namespace strata::net
