#include <nlohmann/json.hpp>

#include <strata/api/rpc.hpp>
#include <strata/api/service.hpp>

#include "target.hpp"

// A body is refused as a whole, or is a bounded list of calls whose answer is JSON.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata::api;
    RequestLimits limits;
    limits.batch = 20;
    limits.values = 1000;
    auto read = read_calls({data, size}, limits);
    if (const auto* refused = std::get_if<Reply>(&read)) {
        STRATA_CHECK(refused->status != 200 && Json::accept(refused->body));
        return 0;
    }
    constexpr std::size_t kValue = 150;  // bytes of memory that a value without its text takes, at most
    const auto& [calls, is_batch, bytes] = std::get<Calls>(read);
    STRATA_CHECK(!calls.empty() && calls.size() <= limits.batch &&
                 bytes <= limits.batch * sizeof(Call) + limits.values * kValue + 4 * size);
    ReplyWriter reply(is_batch, limits.answer_bytes);
    for (const auto& call : calls) {
        STRATA_CHECK(call.refused || call.params->is_array());
        reply.add(call, call.refused ? Answer(*call.refused) : Answer(Text{text_of(*call.params)}));
    }
    const auto done = std::move(reply).finish();
    STRATA_CHECK(done.body.empty() || Json::accept(done.body));
    return 0;
}
