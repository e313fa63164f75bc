// Protects the lookup of /dnsaddr. The records are in the form of multiformats/multiaddr protocols/DNSADDR.md; the DNS
// server speaks RFC 1035.
#include <strata/net/dnsaddr.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <thread>

namespace strata::net {
namespace {

constexpr const char* kPeer = "12D3KooWBF8cpp65hp2u9LK5mh19x67ftAam84z9LsfaquTDSBpt";
constexpr const char* kOther = "12D3KooWQPYouEAsUQKzvFUA9sQ8tz4rfpqtTzh2eL6USd9bwg7x";

/// Answers each question over UDP with the same texts, or with these bytes.
class DnsServer {
  public:
    explicit DnsServer(std::vector<std::string> texts, Bytes raw = {})
        : texts_(std::move(texts)), raw_(std::move(raw)), socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&at), size), 0);
        EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size), 0);
        port = ntohs(at.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~DnsServer() {
        shutdown(socket_, SHUT_RDWR);
        thread_.join();
        close(socket_);
    }
    std::uint16_t port = 0;

  private:
    void serve() {
        Bytes question(512);
        while (true) {
            sockaddr_in from{};
            socklen_t size = sizeof from;
            const auto got =
                recvfrom(socket_, question.data(), question.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
            if (got < 12) return;
            const auto answer = answer_to(Bytes(question.begin(), question.begin() + got));
            sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
        }
    }
    /// RFC 1035 §4.1: the header, the question again, and a record for each text, whose name points at the question's.
    Bytes answer_to(const Bytes& question) const {
        std::size_t end = 12;
        while (question[end] != 0) end += question[end] + 1U;
        Bytes out(question.begin(), question.begin() + static_cast<std::ptrdiff_t>(end) + 5);
        out[2] = 0x81;
        out[3] = 0x80;
        out[6] = 0;
        out[7] = static_cast<std::uint8_t>(texts_.size() + (raw_.empty() ? 0 : 1));
        out[8] = out[9] = out[10] = out[11] = 0;
        append(out, raw_);
        for (const auto& text : texts_) {
            Bytes data;
            for (std::size_t at = 0; at < text.size(); at += 255) {
                const auto piece = text.substr(at, 255);
                data.push_back(static_cast<std::uint8_t>(piece.size()));
                append(data, as_bytes(piece));
            }
            append(out, Bytes{0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, static_cast<std::uint8_t>(data.size() >> 8U),
                              static_cast<std::uint8_t>(data.size())});
            append(out, data);
        }
        return out;
    }

    const std::vector<std::string> texts_;
    const Bytes raw_;
    const int socket_;
    std::thread thread_;
};

TEST(TxtRecords, are_read_from_dns) {
    const std::string longer(300, 'x');
    const DnsServer server({"dnsaddr=/ip4/1.2.3.4/tcp/1", longer});
    const auto found = txt_records("_dnsaddr.example.org", TestDnsServer{server.port});
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(*found, (std::vector<std::string>{"dnsaddr=/ip4/1.2.3.4/tcp/1", longer}));
}

TEST(TxtRecords, what_is_missing_or_damaged_is_an_error) {
    const DnsServer nothing({});
    EXPECT_EQ(txt_records("example.org", TestDnsServer{nothing.port}).error().code(), Errc::not_found);
    EXPECT_EQ(txt_records(std::string(254, 'a')).error().code(), Errc::malformed);
    EXPECT_EQ(txt_records("").error().code(), Errc::malformed);
}

/// A record of TXT whose data are said to have some length (RFC 1035 §3.2.1).
Bytes record(std::uint8_t length, const Bytes& data) {
    Bytes out{0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, length};
    append(out, data);
    return out;
}

TEST(TxtRecords, a_damaged_record_is_an_error_and_a_text_ends_with_its_record) {
    const Bytes text{4, 'a', 'b', 'c', 'd'};
    const auto answer = [](Bytes raw) {
        const DnsServer server({}, std::move(raw));
        return txt_records("_dnsaddr.example.org", TestDnsServer{server.port});
    };
    EXPECT_EQ(*answer(record(5, text)), std::vector<std::string>{"abcd"});
    for (const auto& damaged :
         {record(6, text), record(255, text), record(0, text), Bytes{0xc0}, Bytes{0xc0, 0xff}, Bytes(300, 0x3f)})
        EXPECT_FALSE(answer(damaged)) << testing::PrintToString(damaged);
    // The length before a text goes beyond the record.
    EXPECT_EQ(*answer(record(3, {200, 'a', 'b'})), std::vector<std::string>{"ab"});
    EXPECT_EQ(*answer(record(1, {200})), std::vector<std::string>{""});
}

class Dnsaddr : public ::testing::Test {
  protected:
    Result<std::vector<std::string>> texts(const std::string& address) {
        asked.clear();
        const auto found = resolve_dnsaddr(Multiaddr::parse(address).value(),
                                           [this](const std::string& name) -> Result<std::vector<std::string>> {
                                               asked.push_back(name);
                                               if (!records.contains(name)) return fail(Errc::not_found, "no record");
                                               return records[name];
                                           });
        if (!found) return found.error();
        std::vector<std::string> out;
        for (const auto& one : *found) out.push_back(one.to_string());
        return out;
    }
    std::map<std::string, std::vector<std::string>> records;
    std::vector<std::string> asked;
};

TEST_F(Dnsaddr, addresses_behind_a_name) {
    const std::string first = std::string("/dns4/a.example.org/tcp/1235/p2p/") + kPeer;
    const std::string second = std::string("/ip4/1.2.3.4/tcp/1/p2p/") + kOther;
    records["_dnsaddr.example.org"] = {"dnsaddr=" + first, "v=spf1 -all", "dnsaddr=nonsense", "dnsaddr=" + second};
    EXPECT_EQ(*texts("/dnsaddr/example.org"), (std::vector<std::string>{first, second}));
    EXPECT_EQ(*texts(std::string("/dnsaddr/example.org/p2p/") + kOther), std::vector<std::string>{second});
    EXPECT_EQ(texts("/dnsaddr/nowhere.org").error().code(), Errc::not_found);
    EXPECT_EQ(texts("/ip4/1.2.3.4/tcp/1").error().code(), Errc::invalid_argument);
}

TEST_F(Dnsaddr, names_behind_names_come_to_an_end) {
    const std::string address = std::string("/ip4/1.2.3.4/tcp/1/p2p/") + kPeer;
    records["_dnsaddr.a.org"] = {"dnsaddr=/dnsaddr/b.org", "dnsaddr=/dnsaddr/gone.org"};
    records["_dnsaddr.b.org"] = {"dnsaddr=" + address};
    EXPECT_EQ(*texts("/dnsaddr/a.org"), std::vector<std::string>{address});
    records["_dnsaddr.loop.org"] = {"dnsaddr=/dnsaddr/loop.org", "dnsaddr=/dnsaddr/loop.org"};
    EXPECT_TRUE(texts("/dnsaddr/loop.org")->empty());
    EXPECT_EQ(asked.size(), 8U);
    records["_dnsaddr.many.org"] = std::vector<std::string>(1'000, "dnsaddr=" + address);
    EXPECT_EQ(texts("/dnsaddr/many.org")->size(), 64U);
}

}  // namespace
}  // namespace strata::net
