import { ownerOf, seenNode } from './cluster-view.js';

const PRIMARY =
  '07c3 127.0.0.1:7002@17002,host myself,master - 0 1426238317239 4 connected 0-5460 8000 9000-9001 [93-<-292f]';
const REPLICA = '292f 127.0.0.1:7003@17003 slave 07c3 0 1426238318243 3 connected';

describe('seenNode', () => {
  it('reads a primary with its slots, but not those on their way', () => {
    expect(seenNode(PRIMARY)).toEqual({
      id: '07c3',
      port: 7002,
      isPrimary: true,
      primaryId: null,
      isDown: false,
      slots: [
        [0, 5460],
        [8000, 8000],
        [9000, 9001],
      ],
    });
  });

  it('reads a replica', () => {
    expect(seenNode(REPLICA)).toMatchObject({ isPrimary: false, primaryId: '07c3', slots: [] });
  });

  it.each(['master,fail?', 'slave,fail', 'handshake', 'master,noaddr'])(
    'takes %s for down',
    (flags) => {
      expect(seenNode(PRIMARY.replace('myself,master', flags)).isDown).toBe(true);
    },
  );
});

describe('ownerOf', () => {
  const nodes = [seenNode(REPLICA), seenNode(PRIMARY)];

  it.each([0, 5460, 8000, 9001])('finds the owner of %d', (slot) => {
    expect(ownerOf(nodes, slot)?.id).toBe('07c3');
  });

  it.each([5461, 93 + 16_000, 9002])('finds none of %d', (slot) => {
    expect(ownerOf(nodes, slot)).toBeUndefined();
  });
});
