#include <strata/p2p/exchange_messages.hpp>
#include <strata/p2p/hello.hpp>

#include "target.hpp"

namespace {

using namespace strata;
using namespace strata::p2p;

/// Reads a response in parts of this size. Returns its tipsets and whether it was complete; empty if it was refused.
std::optional<std::pair<std::vector<Bytes>, bool>> read(BytesView input, std::size_t part) {
    ExchangeReader reader(kMaxExchangeLength, kMaxExchangeTipset);
    std::vector<Bytes> out;
    while (!input.empty() && !reader.is_complete()) {
        BytesView now = input.first(std::min(part, input.size()));
        const std::size_t before = now.size();
        auto tipset = reader.next(now);
        if (!tipset) return {};
        STRATA_CHECK(now.size() < before || *tipset || reader.is_complete());
        input = input.subspan(before - now.size());
        if (!*tipset) continue;
        out.push_back(to_cbor(**tipset));
        if (auto blocks = expand(std::move(**tipset), 1 << 20)) {
            // A block without identifiers in its header cannot be written again, and was never read.
            const Bytes again = exchange_tipset(*blocks, ExchangeRequest::kHeaders | ExchangeRequest::kMessages);
            STRATA_CHECK(from_cbor<ExchangeTipset>(again).has_value());
        }
    }
    return std::pair(std::move(out), reader.is_complete());
}

template <class T>
void round_trip(BytesView input) {
    const auto got = from_cbor<T>(input);
    if (!got) return;
    const Bytes again = to_cbor(*got);  // shorter than the input if a big integer had leading zeros
    const auto second = from_cbor<T>(again);
    STRATA_CHECK(second && to_cbor(*second) == again && again.size() <= input.size());
}

}  // namespace

// A message that is read is written to bytes that are read as the same; how a response is cut into pieces makes no
// difference; the scanner finds an item's end where the decoder does.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input(data, size);
    round_trip<ExchangeRequest>(input);
    round_trip<ExchangeTipset>(input);
    round_trip<HelloMessage>(input);
    round_trip<HelloAnswer>(input);
    if (const auto request = from_cbor<ExchangeRequest>(input)) (void)refusal_of(*request);

    const auto whole = read(input, SIZE_MAX);
    STRATA_CHECK(whole == read(input, 1));
    STRATA_CHECK(whole == read(input, 5));

    ItemReader item(size);
    BytesView rest = input;
    const auto complete = item.take(rest);
    CborReader reader(input);
    const auto decoded = reader.item();
    if (complete && *complete && decoded) STRATA_CHECK(equal(item.item(), *decoded));
    return 0;
}
