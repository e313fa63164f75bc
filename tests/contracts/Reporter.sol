// SPDX-License-Identifier: Apache-2.0 OR MIT
pragma solidity 0.8.28;

/// Emits events of every kind and fails in every way.
contract Reporter {
    event One(uint256 indexed a) anonymous;
    event Plain(string text, bytes data);
    event Indexed(uint256 indexed number, address indexed who, string indexed text, int8 small);
    event Four(bytes32 indexed a, bytes32 indexed b, bytes32 indexed c, bytes32 indexed d) anonymous;

    error Refused(uint256 code, string why);

    uint256[] public list;
    uint256 public written;

    function anonymousEvents() external {
        assembly {
            mstore(0, 7)
            log0(0, 32)
        }
        emit One(1);
        emit Four(bytes32(uint256(1)), bytes32(uint256(2)), bytes32(uint256(3)), bytes32(uint256(4)));
    }

    function namedEvents(string calldata text, int8 small) external {
        emit Plain(text, bytes(text));
        emit Indexed(42, msg.sender, text, small);
    }

    function eventThenRevert() external {
        written = 1;
        emit Plain("never seen", "");
        revert();
    }

    function refuse(uint256 code, string calldata why) external pure {
        revert Refused(code, why);
    }

    function check(uint256 a, uint256 b) external pure returns (uint256) {
        require(a > b, "a must be greater than b");
        return a - b;
    }

    function divide(uint256 a, uint256 b) external pure returns (uint256) {
        return a / b;
    }

    function subtract(uint256 a, uint256 b) external pure returns (uint256) {
        return a - b;
    }

    function item(uint256 at) external view returns (uint256) {
        return list[at];
    }

    function claim(bool truth) external pure {
        assert(truth);
    }

    /// Calls itself, survives the failure, and tells of it.
    function survive(uint256 code) external returns (bytes memory reason) {
        written = code;
        try this.refuse(code, "inside") {
            return "";
        } catch (bytes memory data) {
            return data;
        }
    }
}
