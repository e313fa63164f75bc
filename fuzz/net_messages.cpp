#include <strata/base/protobuf.hpp>
#include <strata/net/envelope.hpp>
#include <strata/net/identify.hpp>
#include <strata/net/multistream.hpp>
#include <strata/net/yamux_frame.hpp>

#include "target.hpp"

namespace {

using namespace strata;
using namespace strata::net;

void keys_and_peers(BytesView input) {
    if (const auto key = PublicKey::decode(input)) {
        const Bytes again = key->encode();
        STRATA_CHECK(gives(PublicKey::decode(again), *key));
        STRATA_CHECK(gives(PeerId::parse(PeerId::of(*key).to_string()), PeerId::of(*key)));
        key->verify(input, input);
    }
    if (const auto key = PrivateKey::decode(input)) STRATA_CHECK(PrivateKey::decode(key->encode()).has_value());
    if (const auto peer = PeerId::from_bytes(input)) {
        (void)peer->inline_key();
        STRATA_CHECK(gives(PeerId::parse(peer->to_string()), *peer));
    }
    (void)PeerId::parse(as_text(input));
}

void addresses(BytesView input) {
    // An address that was read is written to bytes and to text that are read as the same.
    for (const auto& address : {Multiaddr::from_bytes(input), Multiaddr::parse(as_text(input))}) {
        if (!address) continue;
        STRATA_CHECK(gives(Multiaddr::from_bytes(address->bytes()), *address));
        STRATA_CHECK(gives(Multiaddr::parse(address->to_string()), *address));
        STRATA_CHECK(address->bytes().size() <= Multiaddr::kMaxSize);
    }
}

void negotiations(BytesView input) {
    for (auto side : {Multistream::propose({"/a", "/b"}),
                      Multistream::answer([](std::string_view protocol) { return protocol == "/a"; })}) {
        BytesView rest = input;
        const auto agreed = side.on_bytes(rest);
        if (agreed && !*agreed) STRATA_CHECK(rest.empty());
        STRATA_CHECK(side.take_output().size() <= 1000);
    }
}

void identities(BytesView input) {
    IdentifyReader reader;
    if (reader.on_bytes(input)) {
        if (auto got = reader.finish()) {
            Identify again;
            STRATA_CHECK(merge_identify(again, encode_identify(*got)).has_value());
            STRATA_CHECK(again == *got);
        }
    }
    (void)open_peer_record(input);
}

}  // namespace

// Messages that are read are written to bytes that are read as the same; everything else is refused.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input(data, size);
    keys_and_peers(input);
    addresses(input);
    negotiations(input);
    identities(input);
    if (size >= YamuxHeader::kSize) {
        if (const auto header = YamuxHeader::decode(input.first(YamuxHeader::kSize))) {
            Bytes again;
            header->encode(again);
            STRATA_CHECK(equal(again, input.first(YamuxHeader::kSize)));
        }
    }
    for (BytesView rest = input; !rest.empty();)
        if (!protobuf::take_any_field(rest)) break;
    return 0;
}
