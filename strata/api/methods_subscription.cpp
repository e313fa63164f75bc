// Answers methods whose answer is a channel. Source: lotus api/api_full.go, api/api_common.go.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

Result<ChannelStart> heads(Context& context) {
    return ChannelStart([&feeds = context.feeds](const auto& channel) { feeds.follow_heads(channel); });
}
Result<ChannelStart> pool(Context& context) {
    return ChannelStart([&feeds = context.feeds](const auto& channel) { feeds.follow_pool(channel); });
}
Result<ChannelStart> blocks(Context& context) {
    return ChannelStart([&feeds = context.feeds](const auto& channel) { feeds.follow_blocks(channel); });
}
/// Ends with the connection; nothing is ever sent.
Result<ChannelStart> closing(Context&) {
    return ChannelStart([](const auto&) {});
}

}  // namespace

void add_subscription_methods(MethodTable& table) {
    table.add("ChainNotify", heads);
    table.add("MpoolSub", pool);
    table.add("SyncIncomingBlocks", blocks);
    table.add("Closing", closing);
}

}  // namespace strata::api
