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
    const auto& [calls, is_batch, values] = std::get<Calls>(read);
    STRATA_CHECK(!calls.empty() && calls.size() <= limits.batch && values <= limits.values);
    ReplyWriter reply(is_batch, limits.answer_bytes);
    for (const auto& call : calls) {
        STRATA_CHECK(call.refused || call.params->is_array());
        reply.add(call, call.refused ? Answer(*call.refused) : Answer(Text{text_of(*call.params)}));
    }
    const auto done = std::move(reply).finish();
    STRATA_CHECK(done.body.empty() || Json::accept(done.body));
    return 0;
}
