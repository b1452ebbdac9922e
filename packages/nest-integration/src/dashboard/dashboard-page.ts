export const DASHBOARD_PAGE = '<!doctype html>';
export const DASHBOARD_POLICY = "default-src 'none'";
