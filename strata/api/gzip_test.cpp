#include <strata/api/gzip.hpp>

#include <zlib.h>

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiPacked : public testing::TestNode {};

TEST_F(ApiPacked, BodiesMayBePacked) {
    const std::string plain = call_of("EthChainId", {}).dump();
    z_stream stream{};
    ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    Bytes input = to_bytes(as_bytes(plain)), packed(1000);
    stream.next_in = input.data();
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    http::Request request{"POST", "/rpc/v1", {}, {{"content-encoding", "gzip"}}, packed};
    EXPECT_EQ(json_of(service->handle(request))["result"], "0x1df5e76");
    request.body.resize(20);
    EXPECT_EQ(service->handle(request).status, 400U);
    request.headers["content-encoding"] = "br";
    EXPECT_EQ(service->handle(request).status, 415U);
}

}  // namespace
}  // namespace strata::api
