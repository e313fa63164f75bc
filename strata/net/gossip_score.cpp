#include <strata/net/gossip_score.hpp>

#include <cmath>

namespace strata::net {

double gossip_decay(Instant time, Instant interval, double to_zero) {
    return std::pow(to_zero, 1.0 / static_cast<double>(time / interval));
}

const TopicScoreConfig* GossipScore::topic(const std::string& topic) const {
    const auto it = topics_.find(topic);
    return it == topics_.end() ? nullptr : &it->second;
}

void GossipScore::add_peer(const PeerId& peer) {
    Peer& known = peers_[peer];
    if (!known.connected) left_.erase({known.left, peer});
    known.connected = true;
}

void GossipScore::set_addresses(const PeerId& peer, std::set<std::string> addresses) {
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return;
    for (const auto& address : addresses) ++address_counts_[address];
    for (const auto& address : it->second.addresses)
        if (--address_counts_[address] == 0) address_counts_.erase(address);
    it->second.addresses = std::move(addresses);
}

/// A good score is forgotten, so that nobody lives on what it earned earlier; a bad one is kept, so that a new
/// connection does not wash it away.
void GossipScore::remove_peer(const PeerId& peer, Instant now) {
    const auto it = peers_.find(peer);
    if (it == peers_.end() || !it->second.connected) return;
    if (of(peer) > 0) {
        forget(peer);
        return;
    }
    for (auto& [topic, stats] : it->second.topics) {
        stats.first = 0;
        if (stats.in_mesh) leave_mesh(topics_.at(topic), stats);
    }
    it->second.connected = false;
    it->second.left = now;
    left_.insert({now, peer});
    if (left_.size() > config_.retained) forget(PeerId(left_.begin()->second));
}

void GossipScore::forget(const PeerId& peer) {
    set_addresses(peer, {});
    left_.erase({peers_.at(peer).left, peer});
    peers_.erase(peer);
}

double GossipScore::of(const PeerId& peer) const {
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return 0;
    double score = 0;
    for (const auto& [topic, stats] : it->second.topics) {
        const auto& config = topics_.at(topic);
        score += topic_score(config, stats) * config.weight;
    }
    if (config_.topics_cap > 0) score = std::min(score, config_.topics_cap);
    if (config_.app_score) score += config_.app_score(peer) * config_.app_weight;
    score += colocation(it->second) * config_.colocation_weight;
    const double excess = it->second.behaviour - config_.behaviour_threshold;
    return excess > 0 ? score + excess * excess * config_.behaviour_weight : score;
}

double GossipScore::topic_score(const TopicScoreConfig& config, const TopicStats& stats) {
    double score = 0;
    if (stats.in_mesh) {
        const auto quanta = static_cast<double>(stats.mesh_time / config.mesh_time_quantum);
        score += std::min(quanta, config.mesh_time_cap) * config.mesh_time_weight;
    }
    score += stats.first * config.first_weight;
    const double deficit = config.mesh_threshold - stats.mesh;
    if (stats.active && deficit > 0) score += deficit * deficit * config.mesh_weight;
    score += stats.failure * config.failure_weight;
    return score + stats.invalid * stats.invalid * config.invalid_weight;
}

double GossipScore::colocation(const Peer& peer) const {
    double out = 0;
    for (const auto& address : peer.addresses) {
        const auto count = address_counts_.at(address);
        if (count <= config_.colocation_threshold) continue;
        const auto surplus = static_cast<double>(count - config_.colocation_threshold);
        out += surplus * surplus;
    }
    return out;
}

GossipScore::TopicStats* GossipScore::stats(const PeerId& peer, const std::string& topic) {
    const auto it = peers_.find(peer);
    if (it == peers_.end() || !topics_.contains(topic)) return nullptr;
    return &it->second.topics[topic];
}

void GossipScore::graft(const PeerId& peer, const std::string& topic, Instant now) {
    auto* known = stats(peer, topic);
    if (known == nullptr) return;
    known->in_mesh = true;
    known->active = false;
    known->grafted = now;
    known->mesh_time = {};
}

void GossipScore::prune(const PeerId& peer, const std::string& topic) {
    if (auto* known = stats(peer, topic)) leave_mesh(topics_.at(topic), *known);
}

void GossipScore::leave_mesh(const TopicScoreConfig& config, TopicStats& stats) {
    const double deficit = config.mesh_threshold - stats.mesh;
    if (stats.active && deficit > 0) stats.failure += deficit * deficit;
    stats.in_mesh = false;
}

void GossipScore::penalize(const PeerId& peer, unsigned count) {
    if (const auto it = peers_.find(peer); it != peers_.end()) it->second.behaviour += count;
}

void GossipScore::add_first(const PeerId& peer, const std::string& topic) {
    auto* known = stats(peer, topic);
    if (known == nullptr) return;
    known->first = std::min(known->first + 1, topics_.at(topic).first_cap);
    add_duplicate(peer, topic);
}

void GossipScore::add_duplicate(const PeerId& peer, const std::string& topic) {
    auto* known = stats(peer, topic);
    if (known != nullptr && known->in_mesh) known->mesh = std::min(known->mesh + 1, topics_.at(topic).mesh_cap);
}

void GossipScore::add_invalid(const PeerId& peer, const std::string& topic) {
    if (auto* known = stats(peer, topic)) known->invalid += 1;
}

void GossipScore::decay(Instant now) {
    while (!left_.empty() && now > left_.begin()->first + config_.retention) forget(PeerId(left_.begin()->second));
    for (auto& [id, peer] : peers_) {
        if (!peer.connected) continue;  // what it lost stays until it is forgotten or comes back
        for (auto& [topic, stats] : peer.topics) decay_topic(topics_.at(topic), stats, now);
        fade(peer.behaviour, config_.behaviour_decay);
    }
}

void GossipScore::decay_topic(const TopicScoreConfig& config, TopicStats& stats, Instant now) const {
    fade(stats.first, config.first_decay);
    fade(stats.mesh, config.mesh_decay);
    fade(stats.failure, config.failure_decay);
    fade(stats.invalid, config.invalid_decay);
    if (!stats.in_mesh) return;
    stats.mesh_time = now - stats.grafted;
    if (stats.mesh_time > config.mesh_activation) stats.active = true;
}

void GossipScore::fade(double& value, double factor) const {
    value *= factor;
    if (value < config_.decay_to_zero) value = 0;
}

void GossipSeen::add(const MessageName& name, const std::string& topic, std::optional<PeerId> from, Instant now) {
    const bool is_new = records_.try_emplace(name, Record{.topic = topic, .first = std::move(from)}).second;
    STRATA_CHECK(is_new);
    ends_.emplace_back(now + time_, name);
    if (ends_.size() <= max_) return;
    records_.erase(ends_.front().second);
    ends_.pop_front();
}

GossipSeen::Record* GossipSeen::undecided(const MessageName& name) {
    const auto it = records_.find(name);
    return it == records_.end() || it->second.state != State::unknown ? nullptr : &it->second;
}

void GossipSeen::duplicate(const MessageName& name, const PeerId& from, Instant now) {
    const auto it = records_.find(name);
    if (it == records_.end()) return;
    Record& record = it->second;
    if (record.state == State::invalid) score_.add_invalid(from, record.topic);
    if (record.state == State::invalid || record.state == State::ignored || record.first == from) return;
    if (record.state == State::valid && !counts_duplicates(record, now)) return;
    if (record.others.insert(from).second && record.state == State::valid) score_.add_duplicate(from, record.topic);
}

void GossipSeen::accept(const MessageName& name, Instant now) {
    Record* record = undecided(name);
    if (record == nullptr) return;
    record->state = State::valid;
    record->validated = now;
    if (record->first) score_.add_first(*record->first, record->topic);
    for (const auto& peer : record->others) score_.add_duplicate(peer, record->topic);
    // Most topics ask for no deliveries, and their records stay small.
    if (!counts_duplicates(*record, now + Instant{1})) record->others.clear();
}

bool GossipSeen::counts_duplicates(const Record& record, Instant now) const {
    const auto* topic = score_.topic(record.topic);
    return topic != nullptr && now - record.validated <= topic->mesh_window;
}

void GossipSeen::ignore(const MessageName& name) {
    Record* record = undecided(name);
    if (record == nullptr) return;
    record->state = State::ignored;
    record->others.clear();
}

void GossipSeen::reject(const MessageName& name) {
    Record* record = undecided(name);
    if (record == nullptr) return;
    record->state = State::invalid;
    if (record->first) score_.add_invalid(*record->first, record->topic);
    for (const auto& peer : record->others) score_.add_invalid(peer, record->topic);
    record->others.clear();
}

void GossipSeen::expire(Instant now) {
    while (!ends_.empty() && now > ends_.front().first) {
        records_.erase(ends_.front().second);
        ends_.pop_front();
    }
}

}  // namespace strata::net
