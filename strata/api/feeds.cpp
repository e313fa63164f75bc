#include <strata/api/feeds.hpp>

#include <nlohmann/json.hpp>

#include <strata/api/fault.hpp>
#include <strata/chain/address_prefix.hpp>

namespace strata::api {
namespace {

// Source: lotus api/api_full.go, MpoolChange.
constexpr int kPoolAdd = 0;
constexpr int kPoolRemove = 1;

Json change_of(const Printer& print, const char* type, const chain::TipsetPtr& tipset) {
    return {{"Type", type}, {"Val", print(tipset)}};
}

}  // namespace

Feeds::Feeds(chain::Chain& chain) : chain_(chain), print_(chain::address_prefix(chain.network())) {}

std::shared_ptr<Feeds> Feeds::open(chain::Chain& chain) {
    const std::shared_ptr<Feeds> out(new Feeds(chain));
    const std::weak_ptr<Feeds> weak = out;
    chain.on_head([weak](const auto& reverted, const auto& applied) {
        if (const auto self = weak.lock()) self->head_changed(reverted, applied);
    });
    chain.on_pool_change([weak](const SignedMessage& message, bool is_added) {
        const auto self = weak.lock();
        if (!self) return;
        const Lock lock(self->mutex_);
        if (self->pool_.empty()) return;
        send(self->pool_, text_of({{"Type", is_added ? kPoolAdd : kPoolRemove}, {"Message", self->print_(message)}}));
    });
    chain.on_arrival([weak](const BlockHeader& block) {
        const auto self = weak.lock();
        if (!self) return;
        const Lock lock(self->mutex_);
        if (!self->blocks_.empty()) send(self->blocks_, text_of(self->print_(block)));
    });
    const Lock lock(out->mutex_);
    if (!out->head_) out->head_ = chain.head();
    return out;
}

void Feeds::head_changed(const std::vector<chain::TipsetPtr>& reverted, const std::vector<chain::TipsetPtr>& applied) {
    const Lock lock(mutex_);
    // When the feeds were opened, the head may have had a change already that is only reported now.
    if (reverted.empty() && !applied.empty() && head_ && head_->key() == applied.back()->key()) return;
    if (!applied.empty()) head_ = applied.back();
    if (heads_.empty()) return;
    Json changes = Json::array();
    for (const auto& tipset : reverted) changes.push_back(change_of(print_, "revert", tipset));
    for (const auto& tipset : applied) changes.push_back(change_of(print_, "apply", tipset));
    send(heads_, text_of(changes));
}

void Feeds::follow_heads(const std::shared_ptr<Channel>& channel) {
    const Lock lock(mutex_);
    if (!channel->send(text_of(Json::array({change_of(print_, "current", head_)})))) return;
    add(heads_, channel);
}
void Feeds::follow_pool(const std::shared_ptr<Channel>& channel) {
    const Lock lock(mutex_);
    add(pool_, channel);
}
void Feeds::follow_blocks(const std::shared_ptr<Channel>& channel) {
    const Lock lock(mutex_);
    add(blocks_, channel);
}

void Feeds::add(Subscribers& to, const std::shared_ptr<Channel>& channel) {
    std::erase_if(to, [](const auto& weak) {
        const auto one = weak.lock();
        return !one || !one->is_open();
    });
    to.push_back(channel);
}

void Feeds::send(Subscribers& to, const std::string& value) {
    std::erase_if(to, [&](const auto& weak) {
        const auto channel = weak.lock();
        return !channel || !channel->send(value);
    });
}

}  // namespace strata::api
